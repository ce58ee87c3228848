import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseSlug } from '../../src/chat/room.ts'
import { RedisKeys } from '../../src/redis/keys.ts'
import { eventually } from '../support/eventually.ts'
import { makeKeptRoom } from '../support/http/owner.ts'
import { postTexts } from '../support/http/post-texts.ts'
import { Visitor } from '../support/http/visitor.ts'
import { startClusteredProcesses } from '../support/process/clustered-processes.ts'
import { findFilesContaining } from '../support/process/find-files-containing.ts'
import { FSYNC_ALWAYS, RedisServer } from '../support/redis/redis-server.ts'
import { RedisMonitor } from './redis-monitor.ts'

const ROOM = 'hush-quiet-harbour'
const CANARY = 'canary-'
const JSON_ANSWER = { Accept: 'application/json' }

const HOUR_MS = 3_600_000
const TEN_MINUTES_MS = 600_000

/** Redis logs every command and compresses nothing. */
const VERBOSE = [
  ...FSYNC_ALWAYS,
  ...['--slowlog-log-slower-than', '0', '--slowlog-max-len', '100000'],
  ...['--rdbcompression', 'no', '--repl-diskless-sync-delay', '0'],
]

test('P3: a text in a vanishing room passes through Redis, and is in no key, no file, no replica and no log', async (t) => {
  const { redis, one, two } = await startClusteredProcesses(t, {
    redis: VERBOSE,
    snug: ['--log-level', 'debug'],
  })
  const replica = await RedisServer.start(t, {
    args: [...VERBOSE, '--replicaof', '127.0.0.1', String(redis.port)],
  })
  await eventually(async () =>
    assert.match(String(await replica.command('INFO', 'replication')), /master_link_status:up/),
  )
  const monitor = await RedisMonitor.start(t, redis)
  const [ada, bo] = [new Visitor(one.url), new Visitor(two.url)]
  // The first replica gives the data of Redis another replication id: until a process has noticed, it answers 503.
  for (const { url } of [one, two])
    await eventually(async () => {
      const response = await new Visitor(url).post('/r/warm-up/messages', { text: 'hello' }, JSON_ANSWER)
      assert.equal(response.status, 201)
    })
  await makeKeptRoom(bo)
  await postTexts(bo, 'tea', 'found-in-tea')

  const readers = [await ada.enter(ROOM), await bo.enter(ROOM)]
  const post = (fields: Record<string, string>) => ada.post(`/r/${ROOM}/messages`, fields, JSON_ANSWER)
  const responses = [
    await post({ text: `${CANARY}plain` }),
    await post({ text: `${CANARY}keyed`, key: 'k' }),
    await post({ text: `${CANARY}keyed`, key: 'k' }),
    await post({ text: `${CANARY}other`, key: 'k' }),
    await post({ text: `${CANARY}large`.padEnd(5000, '.'), key: 'l' }),
    // A program without a session.
    await fetch(`${two.url}/r/${ROOM}/messages`, {
      method: 'POST',
      body: JSON.stringify({ text: `${CANARY}json`, key: 'j' }),
      headers: { 'Content-Type': 'application/json', ...JSON_ANSWER },
    }),
  ]
  assert.deepEqual(
    responses.map(({ status }) => status),
    [201, 201, 201, 422, 413, 201],
  )
  for (const reader of readers) {
    await reader.next(({ data }) => data.includes(`${CANARY}json`))
    const received = reader.messages.flatMap(({ data }) => /canary-\w+/.exec(data) ?? [])
    assert.deepEqual(received, [`${CANARY}plain`, `${CANARY}keyed`, `${CANARY}json`])
  }

  // The readers are still connected, and the replica has received everything.
  await redis.command('WAIT', '1', '5000')
  const keptChannel = new RedisKeys('snug:').channel(parseSlug('tea'))
  const roomChannel = new RedisKeys('snug:').channel(parseSlug(ROOM))
  const dump = await dumpOf(redis)
  for (const [name, bytes] of dump) {
    const ttlMax = name.startsWith(`${roomChannel}:key:`) ? TEN_MINUTES_MS : HOUR_MS
    if (name.startsWith(roomChannel)) assert.ok(await expiresWithin(redis, name, ttlMax), name)
    for (const text of [CANARY, ROOM]) assert.ok(!name.includes(text) && !bytes.includes(text), name)
  }
  const keysOf = (start: string) => [...dump.keys()].filter((name) => name.startsWith(start))
  assert.equal(keysOf(`${roomChannel}:key:`).length, 2)
  assert.ok(dump.has(`${roomChannel}:n`))

  for (const server of [redis, replica]) {
    await server.command('SAVE')
    for (const text of [CANARY, ROOM]) assert.deepEqual(await findFilesContaining(server.folder, text), [])
    // The search works: it finds the text of a kept room in the append-only file and in the dump.
    const found = await findFilesContaining(server.folder, 'found-in-tea')
    assert.ok(found.some((path) => path.endsWith('.aof')) && found.some((path) => path.endsWith('dump.rdb')))
    const slow = JSON.stringify(await server.command('SLOWLOG', 'GET', '-1'))
    for (const text of [CANARY, ROOM]) assert.ok(!slow.includes(text), text)
  }
  assert.ok(dump.get(`${keptChannel}:events`)?.includes('found-in-tea'))
  const slow = JSON.stringify(await redis.command('SLOWLOG', 'GET', '-1'))
  assert.ok(slow.includes(`${roomChannel}:n`), 'posts are in the slow log')

  const lines = await monitor.lines(redis)
  assert.deepEqual(
    lines.filter((line) => line.includes(ROOM)),
    [],
  )
  const operations = lines
    .filter((line) => line.includes(CANARY))
    .map((line) => operationOf(line, roomChannel))
  assert.deepEqual([...new Set(operations)].sort(), ['post', 'publish'])
  assert.equal(operations.filter((operation) => operation === 'publish').length, 3)

  for (const { stdout, stderr } of [one, two]) {
    assert.match(stderr, /"listening"/)
    assert.ok(!`${stdout}${stderr}`.includes(CANARY))
  }
})

/** The value of each key, as Redis writes it to its disk. */
async function dumpOf(redis: RedisServer): Promise<Map<string, Buffer>> {
  const names = (await redis.command('KEYS', '*')) as string[]
  return new Map(
    await Promise.all(names.map(async (name) => [name, await redis.bytes('DUMP', name)] as const)),
  )
}

async function expiresWithin(redis: RedisServer, key: string, ms: number): Promise<boolean> {
  const left = Number(await redis.command('PTTL', key))
  return left > 0 && left <= ms
}

/** The operation of a line of `MONITOR` on the room of this channel; the line itself if it is unexpected. */
function operationOf(line: string, channel: string): string {
  const [, command = '', args = ''] = /\] "(\w+)" (.*)/.exec(line) ?? []
  if (command === 'SPUBLISH' && args.startsWith(`"${channel}" `)) return 'publish'
  return command.startsWith('EVAL') && args.includes(`" "3" "${channel}:n" `) ? 'post' : line
}
