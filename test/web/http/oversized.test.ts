import assert from 'node:assert/strict'
import { type IncomingMessage, request } from 'node:http'
import { test } from 'node:test'
import { NO_LIMITS } from '../../../src/config/limit-flags.ts'
import { createKeptRoom, startServer } from '../../support/http/server.ts'
import { Visitor } from '../../support/http/visitor.ts'

const HOUR = 3_600_000
const MARKS = `a${'\u0301\u0323'.repeat(60_000)}`

async function cpuMilliseconds(run: () => Promise<unknown>): Promise<number> {
  const start = process.cpuUsage()
  await run()
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1000
}

/** The least of several runs: the first compiles, and the garbage of others may be collected in one. */
async function cost(run: () => Promise<unknown>): Promise<number> {
  const costs: number[] = []
  for (let round = 0; round < 4; round++) costs.push(await cpuMilliseconds(run))
  return Math.min(...costs)
}

test('the name of a room to delete is compared at once, however it was typed', async (t) => {
  const server = await startServer(t)
  await createKeptRoom(server, 'mine', 'secret')
  const owner = new Visitor(server.url)
  owner.cookie = 'snug-owner=secret'
  const confirm = (text: string) =>
    owner.post('/r/mine/delete', { confirm: text }, { Accept: 'application/json' })
  for (const large of [MARKS.slice(0, 5_000), MARKS]) {
    const ms = await cost(async () => {
      const { status } = await confirm(large)
      assert.ok([413, 422].includes(status), String(status))
    })
    assert.ok(ms < 100, `${ms} ms`)
  }
  assert.equal((await confirm(' ＭINE\n')).status, 200)
})

/** Sends 15 KB of something in one place of a GET. */
function get(url: string, path: string, headers: Record<string, string>): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const sent = request(url + path, { headers, agent: false }, (response) => {
      response.resume().on('end', () => resolve(response))
    })
    sent.on('error', reject).end()
  })
}

test('no header, path or query costs much by its size', async (t) => {
  const { url } = await startServer(t)
  const marks = encodeURIComponent(MARKS).slice(0, 6 * 2_400)
  const commas = 'a,'.repeat(7_000)
  const places: [string, Record<string, string>][] = [
    [`/r/${marks}`, {}],
    [`/r/${marks}/messages`, {}],
    [`/r/${marks}/live.txt`, {}],
    [`/embed/${marks}`, {}],
    [`/embed/${marks}/messages`, {}],
    [`/oembed?url=${encodeURIComponent(`${url}/r/`)}${marks.slice(0, 12_000)}`, {}],
    [`/oembed?url=https://${marks}`, {}],
    [`/embed/tea?host=https://${marks}`, {}],
    [`/r/tea/people?beginning=${marks}`, {}],
    [`/r/tea/messages?name=${marks}`, {}],
    [`/r/tea/live.txt?name=${marks}`, {}],
    [`/?${'a&'.repeat(7_000)}`, {}],
    ['/', { Accept: commas }],
    ['/', { Accept: 'a;q=0.1,b;q=0.2,'.repeat(900) }],
    ['/r/tea', { Accept: `text/html,${commas}` }],
    ['/r/tea', { Cookie: `snug-names=tea=${marks}` }],
    ['/r/tea', { Cookie: `snug-names=${marks}=Ada` }],
    ['/r/tea', { Cookie: 'snug=;'.repeat(2_400) }],
    ['/r/tea', { Origin: `https://${marks}` }],
    ['/r/tea', { Authorization: `Bearer ${marks}` }],
    ['/r/tea', { 'X-Forwarded-For': '10.0.0.1,'.repeat(1_600) }],
    ['/r/tea', { 'Last-Event-ID': marks }],
    ['/embed.js', { 'Accept-Encoding': 'br '.repeat(5_000) }],
  ]
  for (const [path, headers] of places) {
    const ms = await cost(async () => {
      const { statusCode = 0 } = await get(url, path, headers)
      assert.ok(statusCode < 500, `${statusCode} for ${path.slice(0, 40)}`)
    })
    assert.ok(ms < 15, `${ms} ms for ${path.slice(0, 40)} ${JSON.stringify(headers).slice(0, 40)}`)
  }
})

test('a name or a room of 16 KB is not given back to the allowance', async (t) => {
  const few = { member: { count: 3, windowMs: HOUR }, address: { count: 3, windowMs: HOUR } }
  const { url } = await startServer(t, { limits: { ...NO_LIMITS, name: few, post: few } })
  const large = 'x'.repeat(15_000)
  const statuses = async (path: string, fields: Record<string, string>) => {
    const visitor = new Visitor(url)
    await visitor.get('/r/tea')
    const found: number[] = []
    for (let round = 0; round < 4; round++)
      found.push((await visitor.post(path, fields, { Accept: 'application/json' })).status)
    return found
  }
  assert.deepEqual(await statuses('/r/tea/name', { name: large }), [422, 422, 422, 429])
  assert.deepEqual(await statuses('/rooms', { room: large }), [429, 429, 429, 429])
})

for (const path of ['/rooms', '/r/tea/messages', '/r/tea/name']) {
  test(`a body of more than 16 KiB counts as a post at ${path}, and comes back with the refusal`, async (t) => {
    const post = { member: { count: 2, windowMs: HOUR }, address: undefined }
    const { url } = await startServer(t, { limits: { ...NO_LIMITS, post } })
    const visitor = new Visitor(url)
    await visitor.get('/r/tea')
    const large = 'x'.repeat(20_000)
    const send = () => visitor.post(path, { name: large, text: large, room: large })
    assert.deepEqual([(await send()).status, (await send()).status], [413, 413])
    const refused = await send()
    assert.equal(refused.status, 429)
    assert.ok((await refused.text()).includes(large))
  })
}
