import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeKeptRoom } from '../../support/http/owner.ts'
import { startServer } from '../../support/http/server.ts'
import { Visitor } from '../../support/http/visitor.ts'

test('only the owner can download a room: its settings, then one message per line', async (t) => {
  const { url } = await startServer(t)
  const ada = new Visitor(url)
  await makeKeptRoom(ada, { room: 'büro' })
  const path = `/r/${encodeURIComponent('büro')}`
  for (let n = 0; n < 250; n++) await ada.post(`${path}/messages`, { text: `message ${n}\n*two* lines` })
  assert.match(await (await ada.get(`${path}/settings`)).text(), new RegExp(`href="${path}/export" download`))

  const download = await ada.get(`${path}/export`)
  assert.equal(download.status, 200)
  assert.equal(download.headers.get('Content-Type'), 'application/x-ndjson; charset=utf-8')
  assert.equal(download.headers.get('Content-Disposition'), "attachment; filename*=UTF-8''b%C3%BCro.jsonl")
  assert.equal(download.headers.get('Cache-Control'), 'no-store')
  const [head, ...messages] = (await download.text())
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  assert.deepEqual(head, { snug: 1, room: 'büro', retention: 'forever', keep: null, listed: false, seq: 250 })
  assert.deepEqual(
    messages.map(({ text }) => text),
    Array.from({ length: 250 }, (_, n) => `message ${n}\n*two* lines`),
  )
  assert.deepEqual(Object.keys(messages[0]), ['id', 'kind', 'at', 'author', 'text'])

  const bob = new Visitor(url)
  assert.equal((await bob.get(`${path}/export`)).status, 403)
  assert.equal((await ada.get('/r/nothing/export')).status, 404)
})
