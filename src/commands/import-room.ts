import { closeSync } from 'node:fs'
import { open } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { roomPath } from '../../views/room-path.ts'
import type { Clock } from '../chat/ports/clock.ts'
import { Refusal } from '../chat/refusal.ts'
import { reason, Unusable } from '../chat/unusable-resource.ts'
import type { Config } from '../config/config.ts'
import { DataFolder } from '../data/folder.ts'
import { type RedisSettings, reachRedis } from '../redis/connect.ts'
import { memorySecrets } from '../secrets/secrets.ts'
import type { Imported } from '../store/read-export.ts'
import { importRoom as importIntoRedis } from '../store/redis/import.ts'
import { importRoom } from '../store/sqlite/import.ts'
import { openFile, openForWriting } from '../store/sqlite/open-database.ts'
import { databaseIn } from '../store/sqlite/store.ts'
import type { Outcome } from './result.ts'

type Where = Pick<Config, 'data' | 'baseUrl'> & RedisSettings

/**
 * Brings an exported room to Redis, or into the data folder, which no server may use meanwhile.
 * @param file `-` for standard input
 */
export async function importFile(config: Where, file: string, clock: Clock): Promise<Outcome> {
  const { token, imprint } = memorySecrets()
  const secret = token()
  const into = config.redis === undefined ? intoFolder : intoRedis
  try {
    const input = file === '-' ? process.stdin : (await open(file)).createReadStream()
    const outcome = await into(config, linesOf(input), clock, imprint(secret))
    if ('problems' in outcome) return { problem: ['Nothing was imported.', ...outcome.problems].join('\n') }
    return { said: tell(outcome, secret, config.baseUrl) }
  } catch (error) {
    if (error instanceof Unusable) return { problem: error.message }
    if (error instanceof Refusal) return { problem: `Nothing was imported. ${error.message}` }
    return { problem: `Nothing was imported from ${file}: ${reason(error)}.` }
  }
}

type Lines = AsyncIterable<string>

async function intoFolder({ data }: Where, lines: Lines, clock: Clock, owner: string) {
  const folder = await DataFolder.open(data.path, { make: true, keys: undefined, clock })
  try {
    closeSync(openFile(databaseIn(data.path)))
    const database = openForWriting(databaseIn(data.path), clock.now())
    try {
      return await importRoom(database, lines, { now: clock.now(), owner })
    } finally {
      database.close()
    }
  } finally {
    await folder?.close()
  }
}

async function intoRedis(config: Where, lines: Lines, clock: Clock, owner: string) {
  const redis = await reachRedis(config, clock)
  try {
    return await importIntoRedis(redis, lines, { clock, owner })
  } finally {
    redis.close()
  }
}

async function* linesOf(input: Readable): AsyncGenerator<string, void, void> {
  let rest = ''
  for await (const chunk of input.setEncoding('utf8')) {
    const lines = (rest + String(chunk)).split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
  if (rest !== '') yield rest
}

function tell({ slug, messages, owned }: Imported, secret: string, baseUrl = ''): string {
  const said = `Imported the room “${slug}” with ${messages} ${messages === 1 ? 'message' : 'messages'}.`
  if (owned) return said
  return `${said}\nIts owner’s link, shown only once: ${baseUrl}${roomPath(slug)}/owner/${secret}`
}
