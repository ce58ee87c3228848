import { closeSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { roomPath } from '../../views/room-path.ts'
import type { Clock } from '../chat/ports/clock.ts'
import { Refusal } from '../chat/refusal.ts'
import { describeSystemError, UnusableResource } from '../chat/unusable-resource.ts'
import type { Config } from '../config/config.ts'
import { DataFolder } from '../data/folder.ts'
import { connectRedis, type RedisSettings } from '../redis/connect.ts'
import { createMemorySecrets } from '../secrets/secrets.ts'
import { LINE_MAX } from '../store/export-format.ts'
import type { ImportResult } from '../store/read-export.ts'
import { importRoom as importIntoRedis } from '../store/redis/import.ts'
import { importRoom } from '../store/sqlite/import.ts'
import { openDatabaseFile, openForWriting } from '../store/sqlite/open-database.ts'
import { databasePath } from '../store/sqlite/store.ts'
import { readLines } from './read-lines.ts'
import type { CommandResult } from './result.ts'

type ImportConfig = Pick<Config, 'data' | 'baseUrl'> & RedisSettings

/**
 * Imports an exported room into Redis, or into the data folder. No server may be using the folder.
 * @param file a path, or `-` for standard input
 */
export async function importFile(config: ImportConfig, file: string, clock: Clock): Promise<CommandResult> {
  const { token, hash } = createMemorySecrets()
  const secret = token()
  const importRoomTo = config.redis === undefined ? importToFolder : importToRedis
  try {
    const input = file === '-' ? process.stdin : (await open(file)).createReadStream()
    const result = await importRoomTo(config, readLines(input, LINE_MAX), clock, hash(secret))
    if ('problems' in result) return { problem: ['Nothing was imported.', ...result.problems].join('\n') }
    return { stdout: describeImport(result, secret, config.baseUrl) }
  } catch (error) {
    if (error instanceof UnusableResource) return { problem: error.message }
    if (error instanceof Refusal) return { problem: `Nothing was imported. ${error.message}` }
    return { problem: `Nothing was imported from ${file}: ${describeSystemError(error)}.` }
  }
}

type Lines = AsyncIterable<string>

async function importToFolder({ data }: ImportConfig, lines: Lines, clock: Clock, owner: string) {
  const folder = await DataFolder.open(data.path, {
    createIfMissing: true,
    named: data.createIfMissing,
    keys: undefined,
    clock,
  })
  try {
    closeSync(openDatabaseFile(databasePath(data.path)))
    const database = openForWriting(databasePath(data.path), clock.now())
    try {
      return await importRoom(database, lines, { now: clock.now(), owner })
    } finally {
      database.close()
    }
  } finally {
    await folder?.close()
  }
}

async function importToRedis(config: ImportConfig, lines: Lines, clock: Clock, owner: string) {
  const redis = await connectRedis(config, clock)
  try {
    return await importIntoRedis(redis, lines, { clock, owner })
  } finally {
    redis.close()
  }
}

function describeImport({ slug, messages, hasOwner }: ImportResult, secret: string, baseUrl = ''): string {
  const summary = `Imported the room “${slug}” with ${messages} ${messages === 1 ? 'message' : 'messages'}.`
  if (hasOwner) return summary
  return `${summary}\nIts owner’s link, shown only once: ${baseUrl}${roomPath(slug)}/owner/${secret}`
}
