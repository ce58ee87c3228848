import type { RedisClient } from './client.ts'
import type { RedisKeys } from './keys.ts'
import { assertRights, deniedRight, describeMissingRights } from './rights.ts'
import type { RedisClock } from './time.ts'
import { UnusableRedis } from './unusable-redis.ts'

/** The first version with sharded pub/sub. */
const REDIS_MAJOR_MIN = 7

/** What Snug knows about the server behind a connection. */
export interface RedisServerInfo {
  /** Stays the same as long as Redis cannot have lost anything that it acknowledged. */
  readonly continuityId: string
  /** The run of a server that syncs to disk before it replies, to notice a restored backup. Undefined for others. */
  readonly run: { readonly id: string; readonly started: number } | undefined
  /** Whether data outlives the process of Redis. Assumed if the user may not run CONFIG GET. */
  readonly persistent: boolean
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
  const info = parseInfo(await readInfo(client))
  if (info.get('loading') === '1') throw new Error('Redis is still loading')
  const settings = await readServerSettings(client)
  const persistent =
    settings === undefined || settings.get('appendonly') === 'yes' || settings.get('save') !== ''
  const problems = [...findProblems(info, settings)]
  if (problems.length > 0) throw new UnusableRedis(problems.join('\n'))
  await assertRights(client, keys)
  if (!persistent && Number(await client.sendCommand(['EXISTS', keys.global(KEPT_ROOMS)])) > 0)
    throw new UnusableRedis('This Redis holds kept rooms but writes nothing to its disk: set appendonly yes.')
  await time.synchronize(client)
  const run = readServerRun(info, time.now(), settings)
  return { continuityId: run ? '' : (info.get('run_id') ?? ''), run, persistent }
}

function* findProblems(
  info: ReadonlyMap<string, string>,
  settings: ServerSettings | undefined,
): Generator<string> {
  const version = info.get('valkey_version') ?? info.get('redis_version') ?? ''
  if (Number.parseInt(version, 10) < REDIS_MAJOR_MIN)
    yield `This Redis is version ${version}; Snug needs ${REDIS_MAJOR_MIN} or later, or Valkey.`
  if (info.get('role') === 'slave')
    yield 'This Redis is a replica, where nothing can be written: use its primary.'
  if (info.get('cluster_enabled') === '1')
    yield 'This Redis is part of a cluster; Snug needs a single server.'
  const policy = settings?.get('maxmemory-policy') ?? info.get('maxmemory_policy') ?? ''
  if (policy.startsWith('allkeys-') || policy.startsWith('volatile-'))
    yield `This Redis evicts keys when its memory is full (maxmemory-policy ${policy}): set it to noeviction.`
}

async function readInfo(client: RedisClient): Promise<string> {
  try {
    return String(await client.sendCommand(['INFO']))
  } catch (error) {
    if (error instanceof Error && deniedRight(error.message))
      throw new UnusableRedis(describeMissingRights('INFO'))
    throw error
  }
}

type ServerSettings = ReadonlyMap<string, string>

const SERVER_SETTINGS = ['maxmemory-policy', 'appendonly', 'appendfsync', 'save']

/** Undefined if the user may not run CONFIG GET. */
async function readServerSettings(client: RedisClient): Promise<ServerSettings | undefined> {
  try {
    const reply = await client.sendCommand(['CONFIG', 'GET', ...SERVER_SETTINGS])
    return new Map(Object.entries(reply as object).map(([name, value]) => [name, String(value)]))
  } catch {
    return undefined
  }
}

// With `appendfsync always` a restart loses nothing. With other settings it may lose the last writes.
function readServerRun(
  info: ReadonlyMap<string, string>,
  now: number,
  settings: ServerSettings | undefined,
): RedisServerInfo['run'] {
  if (settings?.get('appendonly') !== 'yes' || settings.get('appendfsync') !== 'always') return undefined
  return {
    id: info.get('run_id') ?? '',
    started: Math.round(now - Number(info.get('uptime_in_seconds')) * 1000),
  }
}

function parseInfo(text: string): Map<string, string> {
  return new Map(
    text.split('\r\n').flatMap((line) => {
      const colon = line.indexOf(':')
      return colon < 0 || line.startsWith('#') ? [] : [[line.slice(0, colon), line.slice(colon + 1)]]
    }),
  )
}
