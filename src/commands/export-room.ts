import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Clock } from '../chat/ports/clock.ts'
import { Refusal } from '../chat/refusal.ts'
import { parseSlug, type Slug } from '../chat/room.ts'
import { UnusableResource } from '../chat/unusable-resource.ts'
import type { Config } from '../config/config.ts'
import { connectRedis, hostOf, type RedisSettings } from '../redis/connect.ts'
import { exportLines } from '../store/redis/export.ts'
import { exportFromDatabase } from '../store/sqlite/export.ts'
import { databaseExists, databasePath } from '../store/sqlite/store.ts'
import type { CommandResult } from './result.ts'

type ExportConfig = Pick<Config, 'data'> & RedisSettings

/** Prints a kept room as JSON lines. Servers may be using the data folder or Redis. */
export async function exportRoom(config: ExportConfig, name: string, clock: Clock): Promise<CommandResult> {
  const { data, redis } = config
  try {
    const slug = parseSlug(name)
    let lines = 0
    const counted = async function* () {
      for await (const chunk of redis === undefined
        ? exportFromFolder(data.path, slug, clock)
        : exportFromRedis(config, slug, clock)) {
        lines++
        yield chunk
      }
    }
    await pipeline(Readable.from(counted()), process.stdout, { end: false })
    return lines > 0 ? { stdout: '' } : { problem: `No room “${slug}” is kept in ${describeSource(config)}.` }
  } catch (error) {
    if (error instanceof Refusal || error instanceof UnusableResource) return { problem: error.message }
    return { problem: `Can’t print all of it: ${error instanceof Error ? error.message : String(error)}.` }
  }
}

function describeSource({ data, redis }: ExportConfig): string {
  return redis === undefined ? data.path : `the Redis at ${hostOf(redis)}`
}

function* exportFromFolder(folder: string, slug: Slug, clock: Clock): Generator<string, void, void> {
  if (databaseExists(folder)) yield* exportFromDatabase(databasePath(folder), slug, clock.now())
}

async function* exportFromRedis(
  config: ExportConfig,
  slug: Slug,
  clock: Clock,
): AsyncGenerator<string, void, void> {
  const redis = await connectRedis(config, clock)
  try {
    yield* exportLines(redis, slug, { digests: true })
  } finally {
    redis.close()
  }
}
