import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Redis } from '../../src/redis/redis.ts'
import { systemClock } from '../../src/system/clock.ts'
import { eventually } from '../support/eventually.ts'
import { createKeptRoom, startServer } from '../support/http/server.ts'
import { SseReader } from '../support/http/sse-reader.ts'
import { Visitor } from '../support/http/visitor.ts'
import { EXHAUSTIBLE_RESOURCES } from '../support/redis/fill-redis.ts'
import { RedisServer } from '../support/redis/redis-server.ts'

const JSON_WANTED = { Accept: 'application/json' }

for (const { resource, args, fill, free } of EXHAUSTIBLE_RESOURCES) {
  test(`posts are refused with 507 while Redis has no ${resource} left; reading and streams continue`, async (t) => {
    const redisServer = await RedisServer.start(t, { args })
    const report = (error: unknown) => assert.fail(String(error))
    const redis = await Redis.open({ url: redisServer.url, prefix: 'snug:', clock: systemClock, report })
    const server = await startServer(t, { redis: redisServer.url }, systemClock, { redis })
    await createKeptRoom(server, 'tea')
    const ada = new Visitor(server.url)
    await ada.post('/rooms', { room: 'cup', kind: 'vanishing', listed: 'yes' })
    await ada.get('/r/tea')
    const post = (room: string, text: string) => ada.post(`/r/${room}/messages`, { text }, JSON_WANTED)
    assert.equal((await post('tea', 'before')).status, 201)

    await fill(redisServer)
    for (const room of ['tea', 'cup']) assert.equal((await post(room, 'refused')).status, 507)
    assert.equal((await ada.get('/r/tea')).status, 200)
    assert.match(await (await ada.get('/r/tea/messages', JSON_WANTED)).text(), /before/)
    const streams = await Promise.all(
      ['tea', 'cup'].flatMap((room) => [
        ada.enter(room),
        SseReader.open(`${server.url}/r/${room}/live.json?name=Grace`),
        SseReader.open(`${server.url}/r/${room}/live.json`),
      ]),
    )
    t.after(() => streams.map((stream) => stream.close()))
    for (const stream of streams) assert.equal(stream.response.status, 200)
    const abort = new AbortController()
    t.after(() => abort.abort())
    for (const leaf of ['live.html', 'live.ndjson', 'live.txt?name=Bob']) {
      const { status } = await fetch(`${server.url}/r/tea/${leaf}`, { signal: abort.signal })
      assert.equal(status, 200, leaf)
    }

    await free(redisServer)
    await eventually(async () => {
      for (const room of ['tea', 'cup']) assert.equal((await post(room, 'space again')).status, 201)
    })
    for (const stream of streams) {
      await stream.next(({ data }) => data.includes('space again'))
      assert.ok(stream.events.every(({ event }) => event !== 'busy'))
    }
    await eventually(async () => {
      const { people } = (await (await ada.get('/r/cup/people', JSON_WANTED)).json()) as {
        people: { name: string }[]
      }
      assert.ok(
        people.some(({ name }) => name === 'Grace'),
        'a reader who came meanwhile is listed',
      )
    })
  })
}
