import type { RedisClient } from './client.ts'
import type { RedisKeys } from './keys.ts'
import {
  assertRights,
  deniedRight,
  describeMissingCommands,
  describeMissingRights,
  isUnknownCommand,
} from './rights.ts'
import { SENTINEL_ADDRESS_FORM } from './sentinel-address.ts'
import type { RedisClock } from './time.ts'
import { UnusableRedis } from './unusable-redis.ts'

/** The first version with sharded pub/sub. */
const REDIS_MAJOR_MIN = 7

/** What Snug knows about the server behind a connection. */
export interface RedisServerInfo {
  readonly run: RedisServerRun
  /** Whether data outlives the process of Redis. Assumed if the user may not run CONFIG GET. */
  readonly persistent: boolean
}

/** What shows whether the server can have lost something that it acknowledged: see `RECORD_CONTINUITY`. */
export interface RedisServerRun {
  readonly id: string
  /** Changes with each promotion. */
  readonly replicationId: string
  /** Milliseconds since 1970, to a second. */
  readonly started: number
  /** Whether this run was a replica before. */
  readonly wasReplica: boolean
  /** Whether it remembers for a minute or longer that it was a replica: until its backlog ends. */
  readonly remembersRole: boolean
  readonly hasReplicas: boolean
  /** Whether it syncs each write to its disk before it replies. */
  readonly syncsEachWrite: boolean
}

/** Key of the set of all kept rooms. */
export const KEPT_ROOMS = 'kept'

/**
 * Inspects the server and measures its clock. Rejects a server on which Snug could not keep its promises.
 * @throws UnusableRedis with one line per problem; Error while the server is still loading
 */
export async function inspectServer(
  client: RedisClient,
  keys: RedisKeys,
  time: RedisClock,
): Promise<RedisServerInfo> {
  const [info, settings] = await Promise.all([readInfo(client), readServerSettings(client)])
  if (info.get('loading') === '1') throw new Error('Redis is still loading')
  const persistent =
    settings === undefined || settings.get('appendonly') === 'yes' || settings.get('save') !== ''
  if (info.get('redis_mode') === 'sentinel')
    throw new UnusableRedis(
      `This is a sentinel, not a Redis: its address is written ${SENTINEL_ADDRESS_FORM}.`,
    )
  const problems = [...findProblems(info, settings)]
  if (problems.length > 0) throw new UnusableRedis(problems.join('\n'))
  await assertRights(client, keys)
  if (!persistent && Number(await client.sendCommand(['EXISTS', keys.global(KEPT_ROOMS)])) > 0)
    throw new UnusableRedis('This Redis holds kept rooms but writes nothing to its disk: set appendonly yes.')
  await time.synchronize(client)
  return { run: describeRun(info, time.now(), settings), persistent }
}

/** Reads again what may have changed since the server was inspected. */
export async function readServerRun(client: RedisClient, time: RedisClock): Promise<RedisServerRun> {
  const [info, settings] = await Promise.all([readInfo(client), readServerSettings(client)])
  return describeRun(info, time.now(), settings)
}

/**
 * Checks that the server still takes writes, and was not a replica meanwhile.
 * @returns `renamed` if it has a new replication id only because its first replica came or its last one left
 * @throws UnusableRedis
 */
export async function assertSamePrimary(
  client: RedisClient,
  { id, replicationId }: RedisServerRun,
): Promise<'same' | 'renamed'> {
  const info = await readInfo(client, 'server', 'replication')
  if (info.get('role') === 'slave') throw new UnusableRedis(IS_REPLICA)
  if (info.get('master_replid') === replicationId) return 'same'
  if (info.get('run_id') === id && !tookOverHistory(info)) return 'renamed'
  throw new UnusableRedis(
    'This Redis changed its role or its replication id: another server may be the primary now.',
  )
}

// -1 unless it took over the history of another server, and its backlog has not ended since.
function tookOverHistory(info: ReadonlyMap<string, string>): boolean {
  return info.get('second_repl_offset') !== '-1'
}

const IS_REPLICA = 'This Redis is a replica, where nothing can be written: use its primary.'

function* findProblems(
  info: ReadonlyMap<string, string>,
  settings: ServerSettings | undefined,
): Generator<string> {
  const version = info.get('valkey_version') ?? info.get('redis_version') ?? ''
  if (Number.parseInt(version, 10) < REDIS_MAJOR_MIN)
    yield `This Redis is version ${version}; Snug needs ${REDIS_MAJOR_MIN} or later, or Valkey.`
  if (info.get('role') === 'slave') yield IS_REPLICA
  if (info.get('cluster_enabled') === '1')
    yield 'This Redis is part of a cluster; Snug needs a single server.'
  const policy = settings?.get('maxmemory-policy') ?? info.get('maxmemory_policy') ?? ''
  if (policy.startsWith('allkeys-') || policy.startsWith('volatile-'))
    yield `This Redis evicts keys when its memory is full (maxmemory-policy ${policy}): set it to noeviction.`
}

async function readInfo(client: RedisClient, ...sections: readonly string[]): Promise<Map<string, string>> {
  try {
    return parseInfo(String(await client.sendCommand(['INFO', ...sections])))
  } catch (error) {
    if (error instanceof Error && deniedRight(error.message))
      throw new UnusableRedis(describeMissingRights('INFO'))
    if (error instanceof Error && isUnknownCommand(error.message))
      throw new UnusableRedis(describeMissingCommands('INFO'))
    throw error
  }
}

type ServerSettings = ReadonlyMap<string, string>

const SERVER_SETTINGS = [
  'maxmemory-policy',
  'appendonly',
  'appendfsync',
  'no-appendfsync-on-rewrite',
  'save',
  'repl-backlog-ttl',
]

/** Longer than the data may be unused without the loss of a history: see `RECORD_CONTINUITY`. */
const ROLE_MEMORY_S = 60

/** Undefined if the user may not run CONFIG GET. */
async function readServerSettings(client: RedisClient): Promise<ServerSettings | undefined> {
  try {
    const reply = await client.sendCommand(['CONFIG', 'GET', ...SERVER_SETTINGS])
    return new Map(Object.entries(reply as object).map(([name, value]) => [name, String(value)]))
  } catch {
    return undefined
  }
}

function describeRun(
  info: ReadonlyMap<string, string>,
  now: number,
  settings: ServerSettings | undefined,
): RedisServerRun {
  return {
    id: info.get('run_id') ?? '',
    replicationId: info.get('master_replid') ?? '',
    started: Math.round(now - Number(info.get('uptime_in_seconds')) * 1000),
    wasReplica: tookOverHistory(info),
    remembersRole: remembersRole(settings),
    // The backlog begins with the first replica, and stays for a while after the last.
    hasReplicas: info.get('connected_slaves') !== '0' || info.get('repl_backlog_active') !== '0',
    syncsEachWrite:
      settings?.get('appendonly') === 'yes' &&
      settings.get('appendfsync') === 'always' &&
      // With `yes`, Redis stops to sync while it rewrites the file.
      settings.get('no-appendfsync-on-rewrite') === 'no',
  }
}

// `repl-backlog-ttl` is in seconds; with 0 the backlog never ends. By default it is an hour.
function remembersRole(settings: ServerSettings | undefined): boolean {
  const ttl = Number(settings?.get('repl-backlog-ttl') ?? 0)
  return settings !== undefined && (ttl === 0 || ttl > ROLE_MEMORY_S)
}

function parseInfo(text: string): Map<string, string> {
  return new Map(
    text.split('\r\n').flatMap((line) => {
      const colon = line.indexOf(':')
      return colon < 0 || line.startsWith('#') ? [] : [[line.slice(0, colon), line.slice(colon + 1)]]
    }),
  )
}
