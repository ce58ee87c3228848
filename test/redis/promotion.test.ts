import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { formatId, type Posted } from '../../src/chat/event.ts'
import { parseDraft } from '../../src/chat/message.ts'
import { parseSlug, type Slug } from '../../src/chat/room.ts'
import { ADA, AUTHOR, LOBBY } from '../support/events.ts'
import { eventually } from '../support/eventually.ts'
import { CuttingProxy } from '../support/http/cutting-proxy.ts'
import { RedisServer } from '../support/redis/redis-server.ts'
import { openStoreOn, type StoreProcess } from '../support/redis/test-redis-store.ts'
import { FOREVER } from '../support/store/test-store.ts'

// A replica waits five seconds for others otherwise, before it is sent the data.
const AT_ONCE = ['--repl-diskless-sync-delay', '0']
const EVERYSEC = [...AT_ONCE, '--appendonly', 'yes', '--appendfsync', 'everysec']
const ALWAYS = [...AT_ONCE, '--appendonly', 'yes', '--appendfsync', 'always']
const TEA = parseSlug('tea')

/** A primary and its replica. Processes connect through `entrance`, the replica through `link`. */
async function replicated(t: TestContext, args: readonly string[]) {
  const [primary, replica] = [await RedisServer.start(t, { args }), await RedisServer.start(t, { args })]
  const address = ({ port }: RedisServer) => `http://127.0.0.1:${port}`
  const entrance = await CuttingProxy.start(t, address(primary))
  const link = await CuttingProxy.start(t, address(primary))
  const start = () => openStoreOn(t, { url: entrance.url.replace('http:', 'redis:') })
  return {
    primary,
    replica,
    start,
    follow: () => replica.replicate(new URL(link.url)),
    /** What the primary takes from now on is not on the replica. */
    cutLink: () => {
      link.refusing = true
      link.cut()
    },
    /** Leads all processes to another server. */
    use: async (server: RedisServer, ...processes: readonly StoreProcess[]) => {
      const before = processes.map(({ redis }) => redis.continuityId)
      entrance.target = address(server)
      entrance.cut()
      await eventually(async () => {
        for (const [index, { redis, bus }] of processes.entries())
          assert.ok(redis.up && bus.subscribedSince(LOBBY) < Infinity && redis.continuityId !== before[index])
      })
    },
  }
}

/** Posts, and fails if an id was given to another text before. */
function poster() {
  const texts = new Map<string, string>()
  return async ({ store, bus }: StoreProcess, room: Slug, text: string): Promise<Posted> => {
    const draft = parseDraft({ text })
    const post = () =>
      room === TEA ? bus.post(room, ADA, AUTHOR, draft) : store.append(room, ADA, AUTHOR, draft)
    const posted = await post()
    const id = `${room} ${formatId(posted.id)}`
    assert.equal(texts.get(id), undefined, `${id} is “${texts.get(id)}” and “${text}”`)
    texts.set(id, text)
    return posted
  }
}

for (const args of [ALWAYS, EVERYSEC])
  test(`P2: a promoted replica that lacks acknowledged messages uses none of their ids again (${args.at(-1)})`, async (t) => {
    const { primary, replica, start, follow, cutLink, use } = await replicated(t, args)
    const [one, two] = [await start(), await start()]
    const post = poster()
    await one.store.createRoom(LOBBY, FOREVER, 'owner')
    for (let n = 1; n <= 5; n++) for (const room of [LOBBY, TEA]) await post(one, room, `${n}`)
    await follow()
    cutLink()
    let last: Posted | undefined
    for (let n = 6; n <= 10; n++)
      for (const room of [TEA, LOBBY]) last = await post(one, room, `${n}, only on the primary`)
    await primary.kill()
    // The process that followed the room ends with the primary.
    await one.close()
    await replica.promote()
    await use(replica, two)
    for (let n = 6; n <= 10; n++)
      for (const room of [LOBBY, TEA]) await post(two, room, `${n}, another message`)
    assert.ok(last)
    assert.equal(
      await two.store.hasEvent(LOBBY, last.id),
      false,
      'a reader with this cursor must be told of a gap',
    )
  })

for (const args of [ALWAYS, EVERYSEC])
  test(`P2: no history goes on after a failover and back, in rooms that nobody used meanwhile either (${args.at(-1)})`, async (t) => {
    const { primary, replica, start, follow, cutLink, use } = await replicated(t, args)
    const one = await start()
    const post = poster()
    await one.store.createRoom(LOBBY, FOREVER, 'owner')
    const names = [one.redis.continuityId]
    const rename = () => {
      assert.ok(!names.includes(one.redis.continuityId))
      names.push(one.redis.continuityId)
    }
    const first = await post(one, LOBBY, 'first')
    await follow()
    cutLink()
    // The primary alone has these.
    for (const room of [LOBBY, TEA]) await post(one, room, 'lost')
    await replica.promote()
    await use(replica, one)
    rename()
    await primary.replicate(replica)
    await primary.promote()
    await use(primary, one)
    rename()
    const next = await post(one, LOBBY, 'after both failovers')
    assert.notEqual(next.id.epoch, first.id.epoch)
    await post(one, TEA, 'after both failovers')
  })

test('P2: a process that was led to another server and back notices that the first one missed a time', async (t) => {
  const { replica, primary, start, follow, cutLink, use } = await replicated(t, EVERYSEC)
  const one = await start()
  const post = poster()
  await one.store.createRoom(LOBBY, FOREVER, 'owner')
  const first = await post(one, LOBBY, 'first')
  await follow()
  cutLink()
  await replica.promote()
  await use(replica, one)
  // The first server never changed its role: to itself, nothing happened.
  await use(primary, one)
  assert.notEqual((await post(one, LOBBY, 'back')).id.epoch, first.id.epoch)
})

test('P2: a server that was demoted and promoted again under an open connection has a new continuity id within seconds', async (t) => {
  const { primary, replica, start, follow } = await replicated(t, ALWAYS)
  const one = await start()
  const { continuityId } = one.redis
  await follow()
  await replica.promote()
  const outages: boolean[] = []
  one.redis.onConnectionChange((up) => outages.push(up))
  await primary.replicate(replica)
  await eventually(async () => assert.equal(one.redis.up, false, 'a replica takes no writes'))
  await primary.promote()
  await eventually(async () => assert.ok(one.redis.up))
  assert.deepEqual(outages, [false, true])
  assert.notEqual(one.redis.continuityId, continuityId)
})

test('P2: a replica that was restarted as a primary is not taken for the primary that it copied', async (t) => {
  const { primary, replica, start, follow, use } = await replicated(t, ALWAYS)
  const one = await start()
  await follow()
  // Learns that there is a replica, as it does every 20 seconds.
  const two = await start()
  await primary.kill()
  await replica.kill()
  await replica.start()
  await use(replica, one, two)
})

test('a restart of a primary that synced each write begins no new history, unless a setting weakened that', async (t) => {
  for (const [setting, same] of [
    [undefined, true],
    [['no-appendfsync-on-rewrite', 'yes'], false],
    [['appendfsync', 'everysec'], false],
  ] as const) {
    const server = await RedisServer.start(t, { args: ALWAYS })
    if (setting) await server.command('CONFIG', 'SET', ...setting)
    const one = await openStoreOn(t, server)
    const { continuityId } = one.redis
    await server.kill()
    await eventually(async () => assert.equal(one.redis.up, false))
    await server.start()
    await eventually(async () => assert.ok(one.redis.up))
    assert.equal(one.redis.continuityId === continuityId, same, String(setting))
  }
})

test('a copy restored within a minute has a new continuity id for a process that saw more', async (t) => {
  const server = await RedisServer.start(t, { args: ALWAYS })
  const one = await openStoreOn(t, server)
  const { continuityId } = one.redis
  const record = one.redis.keys.global('continuity')
  const renewals = Number(await server.command('HGET', record, 'renewals'))
  const two = await openStoreOn(t, server)
  assert.equal(two.redis.continuityId, continuityId)
  await server.command('HSET', record, 'renewals', String(renewals - 1))
  await server.kill()
  await eventually(async () => assert.equal(one.redis.up, false))
  await server.start()
  await eventually(async () => assert.ok(one.redis.up && two.redis.up))
  assert.notEqual(one.redis.continuityId, continuityId)
  // Both find the same one, at the latest with the next renewal.
  assert.equal(
    (await openStoreOn(t, server)).redis.continuityId,
    await server.command('HGET', record, 'history'),
  )
})

test('all processes have the same new continuity id within seconds after FLUSHALL', async (t) => {
  for (const args of [ALWAYS, EVERYSEC]) {
    const server = await RedisServer.start(t, { args })
    const [one, two] = [await openStoreOn(t, server), await openStoreOn(t, server)]
    const { continuityId } = one.redis
    assert.equal(two.redis.continuityId, continuityId)
    await server.command('FLUSHALL')
    await eventually(async () => {
      assert.notEqual(one.redis.continuityId, continuityId)
      assert.equal(two.redis.continuityId, one.redis.continuityId)
    })
  }
})

test('a first replica that attaches causes no outage and begins no new history', async (t) => {
  const { primary, replica, start, follow } = await replicated(t, EVERYSEC)
  const [one, two] = [await start(), await start()]
  const outages: boolean[] = []
  for (const { redis } of [one, two]) redis.onConnectionChange((up) => outages.push(up))
  const { continuityId } = one.redis
  const record = one.redis.keys.global('continuity')
  // Resolves when the record has the replication id that Redis has taken since the last call.
  const ids = [await primary.command('HGET', record, 'replication')]
  const followReplicationId = () =>
    eventually(async () => {
      const info = String(await primary.command('INFO', 'replication'))
      const id = /master_replid:(\w+)/.exec(info)?.[1]
      assert.ok(!ids.includes(String(id)))
      assert.equal(await primary.command('HGET', record, 'replication'), id)
      ids.push(String(id))
    })
  await one.store.createRoom(LOBBY, FOREVER, 'owner')
  const post = poster()
  const first = await post(one, LOBBY, 'first')
  await follow()
  await followReplicationId()
  const second = await post(two, LOBBY, 'second')
  assert.deepEqual([second.id.epoch, one.redis.continuityId], [first.id.epoch, continuityId])
  // With so short a memory, Redis can't know whether it was a replica before.
  await primary.command('CONFIG', 'SET', 'repl-backlog-ttl', '1')
  await replica.kill()
  await followReplicationId()
  await eventually(async () => assert.notEqual(one.redis.continuityId, continuityId))
  assert.deepEqual(outages, [])
})
