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

/** All is logged, and nothing is compressed. */
const TALKATIVE = [
  ...FSYNC_ALWAYS,
  ...['--slowlog-log-slower-than', '0', '--slowlog-max-len', '100000'],
  ...['--rdbcompression', 'no', '--repl-diskless-sync-delay', '0'],
]

test('what is said in a vanishing room passes through Redis, and is in no key, no file, no replica and no log', async (t) => {
  const { redis, one, two } = await startClusteredProcesses(t, {
    redis: TALKATIVE,
    snug: ['--log-level', 'debug'],
  })
  const replica = await RedisServer.start(t, {
    args: [...TALKATIVE, '--replicaof', '127.0.0.1', String(redis.port)],
  })
  await eventually(async () =>
    assert.match(String(await replica.command('INFO', 'replication')), /master_link_status:up/),
  )
  const monitor = await RedisMonitor.start(t, redis)
  const [ada, bo] = [new Visitor(one.url), new Visitor(two.url)]
  await makeKeptRoom(bo)
  await postTexts(bo, 'tea', 'found-in-tea')

  const readers = [await ada.enter(ROOM), await bo.enter(ROOM)]
  const post = (fields: Record<string, string>) => ada.post(`/r/${ROOM}/messages`, fields, JSON_ANSWER)
  const answers = [
    await post({ text: `${CANARY}plain` }),
    await post({ text: `${CANARY}keyed`, key: 'k' }),
    await post({ text: `${CANARY}keyed`, key: 'k' }),
    await post({ text: `${CANARY}other`, key: 'k' }),
    await post({ text: `${CANARY}large`.padEnd(5000, '.'), key: 'l' }),
    // Somebody without a session.
    await fetch(`${two.url}/r/${ROOM}/messages`, {
      method: 'POST',
      body: JSON.stringify({ text: `${CANARY}json`, key: 'j' }),
      headers: { 'Content-Type': 'application/json', ...JSON_ANSWER },
    }),
  ]
  assert.deepEqual(
    answers.map(({ status }) => status),
    [201, 201, 201, 422, 413, 201],
  )
  for (const reader of readers) {
    await reader.next(({ data }) => data.includes(`${CANARY}json`))
    const told = reader.messages.flatMap(({ data }) => /canary-\w+/.exec(data) ?? [])
    assert.deepEqual(told, [`${CANARY}plain`, `${CANARY}keyed`, `${CANARY}json`])
  }

  // While its readers are there, and the replica has all that Redis sent it.
  await redis.command('WAIT', '1', '5000')
  const kept = new RedisKeys('snug:').channel(parseSlug('tea'))
  const hushed = new RedisKeys('snug:').channel(parseSlug(ROOM))
  const dump = await dumpOf(redis)
  for (const [name, bytes] of dump) {
    const most = name.startsWith(`${hushed}:key:`) ? TEN_MINUTES_MS : HOUR_MS
    if (name.startsWith(hushed)) assert.ok(await expiresWithin(redis, name, most), name)
    for (const text of [CANARY, ROOM]) assert.ok(!name.includes(text) && !bytes.includes(text), name)
  }
  const keysOf = (start: string) => [...dump.keys()].filter((name) => name.startsWith(start))
  assert.equal(keysOf(`${hushed}:key:`).length, 2)
  assert.ok(dump.has(`${hushed}:n`))

  for (const server of [redis, replica]) {
    await server.command('SAVE')
    for (const text of [CANARY, ROOM]) assert.deepEqual(await findFilesContaining(server.folder, text), [])
    // What is kept would be found: in the append-only file and in the dump.
    const found = await findFilesContaining(server.folder, 'found-in-tea')
    assert.ok(found.some((path) => path.endsWith('.aof')) && found.some((path) => path.endsWith('dump.rdb')))
    const slow = JSON.stringify(await server.command('SLOWLOG', 'GET', '-1'))
    for (const text of [CANARY, ROOM]) assert.ok(!slow.includes(text), text)
  }
  assert.ok(dump.get(`${kept}:events`)?.includes('found-in-tea'))
  const slow = JSON.stringify(await redis.command('SLOWLOG', 'GET', '-1'))
  assert.ok(slow.includes(`${hushed}:n`), 'posts are in the slow log')

  const lines = await monitor.lines(redis)
  assert.deepEqual(
    lines.filter((line) => line.includes(ROOM)),
    [],
  )
  const shown = lines.filter((line) => line.includes(CANARY)).map((line) => doing(line, hushed))
  assert.deepEqual([...new Set(shown)].sort(), ['post', 'publish'])
  assert.equal(shown.filter((does) => does === 'publish').length, 3)

  for (const { stdout, stderr } of [one, two]) {
    assert.match(stderr, /"listening"/)
    assert.ok(!`${stdout}${stderr}`.includes(CANARY))
  }
})

/** What each key holds, as Redis would write it to its disk. */
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

/** What a line of `MONITOR` does in the room of this channel; the line itself where that is nothing expected. */
function doing(line: string, channel: string): string {
  const [, command = '', words = ''] = /\] "(\w+)" (.*)/.exec(line) ?? []
  if (command === 'SPUBLISH' && words.startsWith(`"${channel}" `)) return 'publish'
  return command.startsWith('EVAL') && words.includes(`" "3" "${channel}:n" `) ? 'post' : line
}
