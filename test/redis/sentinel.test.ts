import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { formatId } from '../../src/chat/event.ts'
import { parseDraft } from '../../src/chat/message.ts'
import { PrimaryFinder } from '../../src/redis/primary-finder.ts'
import { parseSentinelUrl } from '../../src/redis/sentinel-address.ts'
import { ADA, AUTHOR, LOBBY } from '../support/events.ts'
import { eventually } from '../support/eventually.ts'
import { RedisServer } from '../support/redis/redis-server.ts'
import { Sentinels } from '../support/redis/sentinels.ts'
import { openStoreOn, type StoreProcess } from '../support/redis/test-redis-store.ts'
import { FOREVER } from '../support/store/test-store.ts'

const REPLICATED = ['--repl-diskless-sync-delay', '0', '--appendonly', 'yes', '--appendfsync', 'always']

/** How long a failover may take that Sentinel begins after a second, and how much longer on a busy machine. */
const FAILOVER_MAX_MS = 6_000
const SLACK_MS = 4_000

async function watched(t: TestContext) {
  const primary = await RedisServer.start(t, { args: REPLICATED })
  const replica = await RedisServer.start(t, { args: REPLICATED })
  await replica.replicate(primary)
  const sentinels = await Sentinels.start(t, primary, 1)
  return { primary, replica, sentinels }
}

const post = ({ store }: StoreProcess, text: string) =>
  store.append(LOBBY, ADA, AUTHOR, parseDraft({ text, key: text.replaceAll(' ', '-') }))

test('P7: a failover of Sentinel is survived within seconds, whether the primary dies or hangs, and begins a new epoch', async (t) => {
  for (const fault of ['kill', 'pause'] as const) {
    const { primary, sentinels } = await watched(t)
    const [one, two] = [
      await openStoreOn(t, { url: sentinels.url() }),
      await openStoreOn(t, { url: sentinels.url() }),
    ]
    await one.store.createRoom(LOBBY, FOREVER, 'owner')
    const before = await post(one, 'before')
    await primary.command('WAIT', '1', '0')
    await two.listener.waitForTexts(1)
    await primary[fault]()
    const startedAt = performance.now()
    const after = await eventually(() => post(one, 'after'))
    const tookMs = performance.now() - startedAt
    t.diagnostic(`${fault}: ${Math.round(tookMs)} ms`)
    assert.ok(tookMs < FAILOVER_MAX_MS + SLACK_MS, `${tookMs} ms`)
    assert.notEqual(after.id.epoch, before.id.epoch)
    // It was published before the other process had subscribed again, or after.
    await eventually(async () => {
      const { events, positions } = two.listener
      assert.ok([...events, ...positions].some(({ id }) => formatId(id) === formatId(after.id)))
    })
    await eventually(async () => assert.equal(two.redis.continuityId, one.redis.continuityId))
    assert.equal((await post(two, 'after')).id.epoch, after.id.epoch, 'the same key is the same message')
  }
})

test('P2: a former primary that the sentinels can’t reach is left, although it goes on taking writes', async (t) => {
  const { primary, replica, sentinels } = await watched(t)
  const one = await openStoreOn(t, { url: sentinels.url() })
  await one.store.createRoom(LOBBY, FOREVER, 'owner')
  await post(one, 'before')
  await primary.command('WAIT', '1', '0')
  // Sentinel would make it a replica. It can't, as if the network between them were cut.
  await primary.command('ACL', 'SETUSER', 'default', '-replicaof', '-slaveof', '-multi', '-config|rewrite')
  await sentinels.failOver()
  await eventually(async () =>
    assert.equal(String(((await replica.command('ROLE')) as unknown[])[0]), 'master'),
  )
  await eventually(async () => {
    await post(one, `after ${Math.round(performance.now())}`)
    assert.ok(Number(await replica.command('HLEN', one.redis.keys.room(LOBBY, 'events'))) > 1)
  })
  assert.equal(String(((await primary.command('ROLE')) as unknown[])[0]), 'master', 'it still takes writes')
})

test('an old answer is not believed: a sentinel that was cut off during a failover names the former primary', async (t) => {
  const { primary, replica, sentinels } = await watched(t)
  const address = parseSentinelUrl(sentinels.url())
  assert.ok(address)
  const finder = new PrimaryFinder(address, undefined)
  t.after(() => finder.close())
  assert.equal(await finder.locate(), primary.url)
  sentinels.signal(2, 'SIGSTOP')
  await sentinels.failOver()
  await eventually(async () => assert.equal(await finder.locate(), replica.url))
  assert.equal(await finder.isCurrent(), true)
  // Only the one that heard of nothing is left.
  sentinels.signal(0, 'SIGKILL')
  sentinels.signal(1, 'SIGKILL')
  sentinels.signal(2, 'SIGCONT')
  await eventually(async () =>
    assert.equal((await sentinels.describe(sentinels.ports[2])).get('port'), String(primary.port)),
  )
  await assert.rejects(finder.locate(), /the others don’t know of its last failover/)
  assert.equal(await finder.isCurrent(), true, 'no reason to leave the primary')
})

test('while no sentinel answers, the primary goes on being used', async (t) => {
  const { sentinels } = await watched(t)
  const one = await openStoreOn(t, { url: sentinels.url() })
  await one.store.createRoom(LOBBY, FOREVER, 'owner')
  const changes: boolean[] = []
  one.redis.onConnectionChange((up) => changes.push(up))
  sentinels.signal(0, 'SIGSTOP')
  sentinels.signal(1, 'SIGKILL')
  sentinels.signal(2, 'SIGKILL')
  let pings = 0
  one.redis.onPing(() => pings++)
  await eventually(async () => assert.ok(pings > 3))
  await post(one, 'still here')
  assert.deepEqual(changes, [])
})

test('an address of sentinels has several hosts, a name, and optionally passwords and a database', () => {
  const parse = (url: string) => {
    const parsed = parseSentinelUrl(url)
    return parsed && [parsed.sentinels, parsed.name, parsed.primaryUrl('10.0.0.1', '6380')]
  }
  assert.deepEqual(parse('redis+sentinel://a,b:1,[::1]:2/main'), [
    ['redis://a:26379', 'redis://b:1', 'redis://[::1]:2'],
    'main',
    'redis://10.0.0.1:6380',
  ])
  assert.deepEqual(parse('rediss+sentinel://ada:s%40x@a/ma%20in/3?sentinel-user=u&sentinel-password=p%2Fq'), [
    ['rediss://u:p%2Fq@a:26379'],
    'ma in',
    'rediss://ada:s%40x@10.0.0.1:6380/3',
  ])
  assert.equal(parseSentinelUrl('redis+sentinel://a/m')?.primaryUrl('fe80::1', '1'), 'redis://[fe80::1]:1')
  for (const wrong of [
    '',
    'a',
    'a/',
    '/m',
    'a,/m',
    'a:x/m',
    'a:70000/m',
    'a/m/x',
    'a/m/1/2',
    'a/m?db=1',
    'a/m#x',
    'a/%',
  ])
    assert.equal(parseSentinelUrl(`redis+sentinel://${wrong}`), undefined, wrong)
})
