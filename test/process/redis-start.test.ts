import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { type TestContext, test } from 'node:test'
import { BUNDLE, SnugProcess } from '../support/process/snug-process.ts'
import { FSYNC_ALWAYS, RedisServer } from '../support/redis/redis-server.ts'
import { startOldRedis } from './old-redis.ts'

const SECRET = 'not-to-be-printed'

/** Snug reports after this time at most that Redis does not answer. */
const ANSWER_MAX_MS = 3_000

/**
 * Starts Snug on a Redis that it can’t use.
 * @returns the lines of its error output
 */
async function refusal(t: TestContext, url: string, ...args: readonly string[]): Promise<string[]> {
  return (await timedRefusal(t, url, ...args)).lines
}

async function timedRefusal(t: TestContext, url: string, ...args: readonly string[]) {
  const snug = SnugProcess.spawn(t, {
    program: BUNDLE,
    args: ['--port', '0', '--redis', url, '--log-level', 'debug', ...args],
  })
  const { code, afterMs } = await snug.exited
  assert.equal(snug.stdout, '')
  assert.ok(code === 1 || code === 2, `${code}: ${snug.stderr}`)
  assert.ok(!snug.stderr.includes(SECRET))
  const lines = snug.stderr.split('\n')
  assert.equal(lines.pop(), '')
  return { lines, afterMs }
}

/** Adds a user and a password to an address. The password must never be printed. */
function withSecret(url: string, user = 'snug'): string {
  return url.replace('://', `://${user}:${SECRET}@`)
}

function redisWith(t: TestContext, args: string): Promise<RedisServer> {
  return RedisServer.start(t, { args: args.split(' ') })
}

test('Snug does not start on a Redis that can’t be reached or does not answer, and names its address', async (t) => {
  const silent = createServer((socket) => socket.on('error', () => {})).listen(0, '127.0.0.1')
  await once(silent, 'listening')
  t.after(() => silent.close())
  const { port } = silent.address() as AddressInfo
  const redis = await RedisServer.start(t)
  const [refused, silence, noTls] = await Promise.all([
    timedRefusal(t, withSecret('redis://127.0.0.1:1')),
    timedRefusal(t, withSecret(`redis://127.0.0.1:${port}`)),
    timedRefusal(t, withSecret(redis.url.replace('redis:', 'rediss:'))),
  ])
  assert.deepEqual(refused.lines, [
    'snug: Can’t use the Redis at 127.0.0.1:1: connect ECONNREFUSED 127.0.0.1:1.',
  ])
  assert.deepEqual(silence.lines, [
    `snug: Can’t use the Redis at 127.0.0.1:${port}: it does not answer in time.`,
  ])
  assert.deepEqual(noTls.lines, [
    `snug: Can’t use the Redis at 127.0.0.1:${redis.port}: it does not answer in time. Without TLS its address begins with redis://.`,
  ])
  // The start itself takes as long for all three, however busy the machine is.
  for (const { afterMs } of [silence, noTls]) {
    const waited = afterMs - refused.afterMs
    assert.ok(waited < ANSWER_MAX_MS, `${waited} ms`)
  }
})

test('a wrong or missing password stops the start, and no password is printed', async (t) => {
  const { url, port } = await redisWith(t, '--requirepass right')
  const expected = `snug: Can’t use the Redis at 127.0.0.1:${port}: it needs another user or password: redis://USER:PASSWORD@HOST:PORT.`
  for (const wrong of [url, withSecret(url), withSecret(url, '')])
    assert.deepEqual(await refusal(t, wrong), [expected])
  const snug = await SnugProcess.start(t, {
    program: BUNDLE,
    args: ['--port', '0', '--redis', url.replace('://', '://:right@')],
  })
  assert.equal(snug.stderr, '')
})

test('each property of a Redis that would break Snug’s promises is reported in its own line', async (t) => {
  const evicting = await redisWith(t, '--maxmemory-policy volatile-ttl --replicaof 127.0.0.1 1')
  assert.deepEqual(await refusal(t, evicting.url), [
    'snug: This Redis is a replica, where nothing can be written: use its primary.',
    'snug: This Redis evicts keys when its memory is full (maxmemory-policy volatile-ttl): set it to noeviction.',
  ])
  const cluster = await redisWith(t, '--cluster-enabled yes')
  assert.deepEqual(await refusal(t, cluster.url), [
    'snug: This Redis is part of a cluster; Snug needs a single server.',
  ])
  assert.deepEqual(await refusal(t, await startOldRedis(t)), [
    'snug: This Redis is version 6.2.14; Snug needs 7 or later, or Valkey.',
  ])
  const { url } = await RedisServer.start(t)
  assert.deepEqual(await refusal(t, withSecret(url), '--data', 'here'), [
    'snug: Data is kept either in a folder or in Redis: --data and --redis can’t be combined.',
  ])
})

test('a Redis that writes nothing to its disk stops the start only if it has kept rooms', async (t) => {
  const redis = await RedisServer.start(t, { args: FSYNC_ALWAYS })
  const args = ['--port', '0', '--redis', redis.url]
  const first = await SnugProcess.start(t, { program: BUNDLE, args })
  await redis.command('CONFIG', 'SET', 'appendonly', 'no')
  const keepRoom = (room: string) =>
    fetch(`${first.url}/rooms`, {
      method: 'POST',
      body: new URLSearchParams({ room, kind: 'kept' }),
      headers: { Origin: first.url },
    })
  await SnugProcess.start(t, { program: BUNDLE, args })
  assert.equal((await keepRoom('tea')).status, 201)
  assert.deepEqual(await refusal(t, redis.url), [
    'snug: This Redis holds kept rooms but writes nothing to its disk: set appendonly yes.',
  ])
})

test('a Redis with renamed or disabled commands stops the start, and each of these commands is named', async (t) => {
  const renamed = (...commands: readonly string[]) =>
    RedisServer.start(t, {
      args: commands.flatMap((command) => ['--rename-command', command, `hidden-${command}`]),
    })
  for (const commands of [
    ['EVAL'],
    ['SPUBLISH'],
    ['SSUBSCRIBE'],
    ['EVAL', 'EVALSHA', 'HSET'],
    ['INFO'],
    ['PING', 'ZADD', 'SUNSUBSCRIBE'],
  ]) {
    const { url } = await renamed(...commands)
    const [line = '', ...more] = await refusal(t, url)
    const named =
      /^snug: This Redis has no command ([A-Z, ]+), and Snug needs it: look for rename-command/.exec(line)
    assert.deepEqual([named?.[1]?.split(', ').sort(), more], [commands.sort(), []], line)
  }
  const { url, port } = await renamed('HELLO')
  assert.deepEqual(await refusal(t, withSecret(url)), [
    `snug: Can’t use the Redis at 127.0.0.1:${port}: it is too old, or rename-command in its configuration takes away what Snug needs (ERR unknown command 'HELLO').`,
  ])
  // What Snug can do without may be missing.
  const unneeded = await renamed('CONFIG', 'FLUSHALL', 'KEYS', 'CLIENT', 'ACL', 'DEBUG')
  await SnugProcess.start(t, { program: BUNDLE, args: ['--port', '0', '--redis', unneeded.url] })
})
