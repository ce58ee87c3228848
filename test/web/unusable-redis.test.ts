import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { Clock } from '../../src/chat/ports/clock.ts'
import { Redis } from '../../src/redis/redis.ts'
import { createSecrets } from '../../src/secrets/secrets.ts'
import { openRedis } from '../../src/server/open-redis.ts'
import { systemClock } from '../../src/system/clock.ts'
import { eventually } from '../support/eventually.ts'
import { postTexts } from '../support/http/post-texts.ts'
import { createKeptRoom, startServer } from '../support/http/server.ts'
import { Visitor } from '../support/http/visitor.ts'
import { EXHAUSTIBLE_RESOURCES } from '../support/redis/fill-redis.ts'
import { RedisServer } from '../support/redis/redis-server.ts'

const KEYS = { current: 'the key of every test, 32 letters', former: undefined }
const JSON_ANSWER = { Accept: 'application/json' }

async function begin(t: TestContext, server: RedisServer, url = server.url, clock: Clock = systemClock) {
  const reported: string[] = []
  const report = (error: unknown) => void reported.push(String(error))
  const redis = await Redis.open({ url, prefix: 'snug:', clock, report })
  const web = await startServer(t, { redis: url }, clock, { redis }, createSecrets(KEYS))
  return { web, redis, reported }
}

const ACL_USER = ['ACL', 'SETUSER', 'snug', 'on', '>password', '~snug:*', '&snug:*', '+@all']

/** What makes Redis useless while it runs and answers, and how it is mended. */
const TROUBLES = [
  {
    trouble: 'the right to run scripts is removed',
    begin: ['ACL', 'SETUSER', 'snug', '-evalsha', '-eval'],
    end: ['ACL', 'SETUSER', 'snug', '+evalsha', '+eval'],
    log: /Snug’s user in this Redis may not use EVAL, EVALSHA/,
  },
  {
    trouble: 'the right to a command of scripts is removed',
    begin: ['ACL', 'SETUSER', 'snug', '-hset'],
    end: ['ACL', 'SETUSER', 'snug', '+hset'],
    log: /Snug’s user in this Redis may not use HSET/,
  },
  {
    trouble: 'the right to the keys is removed',
    begin: ['ACL', 'SETUSER', 'snug', 'resetkeys'],
    end: ['ACL', 'SETUSER', 'snug', '~snug:*'],
    log: /may not use keys that begin with “snug:”/,
  },
  {
    trouble: 'the user is deleted',
    begin: ['ACL', 'DELUSER', 'snug'],
    end: ACL_USER,
    log: /WRONGPASS/,
  },
  {
    trouble: 'Redis becomes a replica',
    begin: ['REPLICAOF', '127.0.0.1', '1'],
    end: ['REPLICAOF', 'NO', 'ONE'],
    log: /This Redis is a replica/,
  },
  {
    trouble: 'Redis wants a replica that it has not',
    begin: ['CONFIG', 'SET', 'min-replicas-to-write', '1'],
    end: ['CONFIG', 'SET', 'min-replicas-to-write', '0'],
    log: /NOREPLICAS/,
  },
] as const

for (const { trouble, begin: startTrouble, end: endTrouble, log } of TROUBLES)
  test(`P7: when ${trouble}, posts get 503, streams are told, and all goes on once that is mended`, async (t) => {
    const server = await RedisServer.start(t)
    await server.command(...ACL_USER)
    const url = server.url.replace('://', '://snug:password@')
    const { web, redis, reported } = await begin(t, server, url)
    t.after(() => redis.close())
    await createKeptRoom(web, 'tea', 'the-token')
    const ada = new Visitor(web.url)
    await ada.get('/r/tea')
    await postTexts(ada, 'tea', 'before')
    const reader = await ada.follow('/r/tea/live.json')
    await reader.next(({ event }) => event === 'open')
    await server.command(...startTrouble)
    const post = (text: string) => ada.post('/r/tea/messages', { text, key: text }, JSON_ANSWER)
    await eventually(async () => {
      const refused = await post('meanwhile')
      assert.equal(refused.status, 503)
      assert.ok(refused.headers.get('Retry-After'))
    })
    await reader.next(({ event }) => event === 'outage')
    assert.notEqual((await ada.get('/r/tea')).status, 500)
    await eventually(async () => assert.match(reported.join('\n'), log))
    await server.command(...endTrouble)
    await reader.next(({ event, data }) => event === 'outage' && /"over":true/.test(data))
    await eventually(async () => assert.equal((await post('after')).status, 201))
    // After a promotion the room goes on in a new epoch.
    await reader.next(({ event, data }) => event === 'rotate' || data.includes('"after"'))
    await reader.close()
  })

for (const resource of EXHAUSTIBLE_RESOURCES)
  test(`a process starts on a Redis whose ${resource.resource} is full, and serves what is there`, async (t) => {
    const server = await RedisServer.start(t, resource)
    const settings = {
      redis: server.url,
      redisCa: undefined,
      redisPrefix: 'snug:',
      sessionKeys: undefined,
    }
    const open = async () => {
      const opened = await openRedis(settings, systemClock, () => {})
      if ('problem' in opened) assert.fail(opened.problem)
      t.after(() => opened.close())
      return startServer(t, { redis: server.url }, systemClock, opened, opened.secrets)
    }
    const one = await open()
    await createKeptRoom(one, 'tea', 'the-token')
    await postTexts(new Visitor(one.url), 'tea', 'kept')
    const before = new Visitor(one.url)
    await before.get('/r/tea')
    // Both a new process and a new run of Redis.
    await server.kill()
    await server.start()
    await resource.fill(server)
    const two = await open()
    const after = new Visitor(two.url)
    after.cookie = before.cookie
    const page = await after.get('/r/tea')
    assert.equal(page.status, 200)
    assert.match(await page.text(), /kept/)
    assert.equal(after.cookie, before.cookie)
    const post = () => after.post('/r/tea/messages', { text: 'new', key: 'new' }, JSON_ANSWER)
    assert.equal((await post()).status, 507)
    await resource.free(server)
    await eventually(async () => assert.equal((await post()).status, 201))
    // Both have the same history: there is one epoch after the restart, for posts at either process.
    const epochs = new Set<string>()
    await eventually(async () => {
      epochs.clear()
      for (const [index, { url }] of [one, two, one, two].entries()) {
        const visitor = new Visitor(url)
        visitor.cookie = after.cookie
        const response = await visitor.post('/r/tea/messages', { text: `${index}` }, JSON_ANSWER)
        assert.equal(response.status, 201)
        epochs.add(((await response.json()) as { id: string }).id.split('.')[0] ?? '')
      }
      assert.equal(epochs.size, 1)
    })
  })

test('a Redis without keys and without space stops the start, and the reason is the space', async (t) => {
  const server = await RedisServer.start(t, { args: ['--maxmemory', '1'] })
  const settings = { redis: server.url, redisCa: undefined, redisPrefix: 'snug:', sessionKeys: undefined }
  const opened = await openRedis(settings, systemClock, () => {})
  assert.ok('problem' in opened)
  assert.match(opened.problem, /^Can’t use the Redis at 127\.0\.0\.1:\d+: its memory or its disk is full\./)
})

test('a cookie of a process whose clock is hours ahead or behind is valid in the others', async (t) => {
  const server = await RedisServer.start(t)
  const webs = []
  for (const hours of [0, 5, -5]) {
    const clock = { ...systemClock, now: () => systemClock.now() + hours * 3_600_000 }
    const { web, redis } = await begin(t, server, server.url, clock)
    t.after(() => redis.close())
    webs.push(web)
  }
  for (const { url } of webs) {
    const ada = new Visitor(url)
    await ada.get('/')
    for (const other of webs) {
      const again = new Visitor(other.url)
      again.cookie = ada.cookie
      await again.get('/')
      assert.equal(again.cookie, ada.cookie)
    }
  }
})
