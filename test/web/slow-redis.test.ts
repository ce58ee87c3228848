import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { type TestContext, test } from 'node:test'
import { Redis } from '../../src/redis/redis.ts'
import { systemClock } from '../../src/system/clock.ts'
import { eventually } from '../support/eventually.ts'
import { CuttingProxy } from '../support/http/cutting-proxy.ts'
import { createKeptRoom, startServer } from '../support/http/server.ts'
import { Visitor } from '../support/http/visitor.ts'
import { RedisServer } from '../support/redis/redis-server.ts'

const JSON_ANSWER = { Accept: 'application/json' }

/** A refusal takes at most the second of P7, and a busy machine a little longer. */
const REFUSED_WITHIN_MS = 1_300

async function begin(t: TestContext) {
  const server = await RedisServer.start(t)
  const proxy = await CuttingProxy.start(t, server.url.replace('redis:', 'http:'))
  const url = proxy.url.replace('http:', 'redis:')
  const redis = await Redis.open({ url, prefix: 'snug:', clock: systemClock, report: () => {} })
  t.after(() => redis.close())
  const web = await startServer(t, { redis: url }, systemClock, { redis })
  for (const room of ['tea', 'milk', 'cake']) await createKeptRoom(web, room)
  return { server, proxy, redis, web }
}

for (const delayMs of [300, 700, 1_500])
  test(`P7: while each reply of Redis takes ${delayMs} ms, each refusal comes within a second`, async (t) => {
    const { proxy, web } = await begin(t)
    proxy.delayMs = delayMs
    // Rooms and people that this process has not seen: a post has the most questions then.
    for (const room of ['tea', 'cup']) {
      const ada = new Visitor(web.url)
      const requests: readonly (readonly [string, Record<string, string>])[] = [
        [`/r/${room}/messages`, { text: 'slow', key: 'slow' }],
        [`/r/${room}/name`, { name: 'Ada' }],
        ['/rooms', { room: `new-${room}`, kind: 'kept', retention: '1d' }],
      ]
      for (const [path, fields] of requests) {
        const startedAt = performance.now()
        const { status, headers } = await ada.post(path, fields, JSON_ANSWER)
        const took = performance.now() - startedAt
        if (status < 400) continue
        assert.equal(status, 503, path)
        assert.ok(headers.get('Retry-After'))
        assert.ok(took < REFUSED_WITHIN_MS, `${path} after ${took} ms`)
      }
    }
    // What a refused request has begun is not lost: with 0.3 seconds a post succeeds after some attempts.
    if (delayMs === 300) {
      const ada = new Visitor(web.url)
      await eventually(async () => {
        const response = await ada.post('/r/tea/messages', { text: 'at last', key: 'k' }, JSON_ANSWER)
        assert.equal(response.status, 201)
      })
    }
  })

test('P7: a post that joins a question of another request is refused within a second too', async (t) => {
  const { proxy, web } = await begin(t)
  const visitors = ['tea', 'milk', 'cake'].map((room) => ({
    room,
    page: new Visitor(web.url),
    ada: new Visitor(web.url),
  }))
  proxy.delayMs = 500
  await Promise.all(
    visitors.map(async ({ room, page, ada }) => {
      // The page asks for the room, and so does the post that comes just after it.
      const shown = page.get(`/r/${room}`)
      const startedAt = performance.now()
      const { status } = await ada.post(`/r/${room}/messages`, { text: 'slow', key: 'slow' }, JSON_ANSWER)
      const took = performance.now() - startedAt
      assert.equal(status, 503)
      assert.ok(took < REFUSED_WITHIN_MS, `${took} ms`)
      const response = await shown
      assert.equal(response.status, 200, 'the refused post has not ended the question of the page')
    }),
  )
})

test('P7: posts are accepted soon after Redis is back behind a balancer that accepted connections meanwhile', async (t) => {
  const { proxy, redis, web, server } = await begin(t)
  // It takes connections, and what is said on them leads nowhere.
  const silent = createServer((socket) => socket.on('error', () => {})).listen(0, '127.0.0.1')
  await once(silent, 'listening')
  t.after(() => silent.close())
  proxy.target = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`
  proxy.cut()
  await eventually(async () => assert.equal(redis.up, false))
  // Long enough for attempts to connect that wait for a reply.
  await new Promise((resolve) => setTimeout(resolve, 700))
  proxy.target = server.url.replace('redis:', 'http:')
  const backAt = performance.now()
  const ada = new Visitor(web.url)
  await eventually(async () => {
    const response = await ada.post('/r/tea/messages', { text: 'back', key: 'k' }, JSON_ANSWER)
    assert.equal(response.status, 201)
  })
  const took = performance.now() - backAt
  assert.ok(took < 3_500, `${took} ms`)
})
