import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeKeptRoom } from '../../support/http/owner.ts'
import { startServer } from '../../support/http/server.ts'
import { Visitor } from '../../support/http/visitor.ts'

/** A response without the parts that differ each time: the date, the cursor of the stream, the key of the next post. */
async function stableParts(response: Response): Promise<{ headers: Record<string, string>; html: string }> {
  const html = (await response.text())
    .replace(/\?after=[\w.-]+&amp;proof=[\w-]+/g, '?after')
    .replace(/(name="key"[^>]* value=")[\w-]+/, '$1')
  const { date, ...headers } = Object.fromEntries(response.headers)
  assert.ok(date)
  return { headers, html }
}

test('a room’s page is the same from the fast path and from Hono', async (t) => {
  const { url } = await startServer(t)
  const ada = new Visitor(url)
  await makeKeptRoom(ada, { room: 'kept', retention: '7d' })
  await ada.post('/r/kept/messages', { text: 'Grüße an alle 🎉' })
  const ben = new Visitor(url)
  for (const visitor of [ada, ben])
    for (const room of ['tea', 'kept', encodeURIComponent('чай')]) {
      await visitor.get(`/r/${room}`)
      const fast = await stableParts(await visitor.get(`/r/${room}`))
      assert.match(fast.html, /<\/html>$/)
      // A query without a meaning leads through Hono.
      assert.deepEqual(fast, await stableParts(await visitor.get(`/r/${room}?from=afar`)), room)
    }
  assert.match(await (await ada.get('/r/kept')).text(), /You own this room/)
})

test('the first page starts a session, and later pages keep it', async (t) => {
  const { url } = await startServer(t)
  const ada = new Visitor(url)
  const name = async () => /class="own-name">([^<]+)/.exec(await (await ada.get('/r/tea')).text())?.[1]
  const first = await name()
  assert.ok(first)
  assert.match(ada.cookie, /^snug\.[\w-]{10}=[\w.-]+$/)
  assert.equal(await name(), first)
})

test('a refused room page says why, like every other page', async (t) => {
  const { url, logged } = await startServer(t)
  const ada = new Visitor(url)
  await makeKeptRoom(ada, { room: 'gone' })
  assert.equal((await ada.post('/r/gone/delete', { confirm: 'gone' })).status, 303)
  const response = await new Visitor(url).get('/r/gone')
  assert.equal(response.status, 410)
  assert.match(await response.text(), /was deleted by its owner/)
  assert.doesNotMatch(logged(), /"msg":"bug"/)
})
