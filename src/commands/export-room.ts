import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Clock } from '../chat/ports/clock.ts'
import { Refusal } from '../chat/refusal.ts'
import { parseSlug, type Slug } from '../chat/room.ts'
import { Unusable } from '../chat/unusable-resource.ts'
import type { Config } from '../config/config.ts'
import { hostIn, type RedisSettings, reachRedis } from '../redis/connect.ts'
import { exportLines } from '../store/redis/export.ts'
import { exportFrom } from '../store/sqlite/export.ts'
import { databaseIn, isDatabaseIn } from '../store/sqlite/store.ts'
import type { Outcome } from './result.ts'

type Where = Pick<Config, 'data'> & RedisSettings

/** Prints a kept room as JSON lines, also while a server uses the data folder or Redis. */
export async function exportRoom(config: Where, name: string, clock: Clock): Promise<Outcome> {
  const { data, redis } = config
  try {
    const slug = parseSlug(name)
    let lines = 0
    const counted = async function* () {
      for await (const chunk of redis === undefined
        ? inFolder(data.path, slug, clock)
        : inRedis(config, slug, clock)) {
        lines++
        yield chunk
      }
    }
    await pipeline(Readable.from(counted()), process.stdout, { end: false })
    return lines > 0 ? { said: '' } : { problem: `No room “${slug}” is kept in ${whereOf(config)}.` }
  } catch (error) {
    if (error instanceof Refusal || error instanceof Unusable) return { problem: error.message }
    return { problem: `Can’t print all of it: ${error instanceof Error ? error.message : String(error)}.` }
  }
}

function whereOf({ data, redis }: Where): string {
  return redis === undefined ? data.path : `the Redis at ${hostIn(redis)}`
}

function* inFolder(folder: string, slug: Slug, clock: Clock): Generator<string, void, void> {
  if (isDatabaseIn(folder)) yield* exportFrom(databaseIn(folder), slug, clock.now())
}

async function* inRedis(config: Where, slug: Slug, clock: Clock): AsyncGenerator<string, void, void> {
  const redis = await reachRedis(config, clock)
  try {
    yield* exportLines(redis, slug, { digests: true })
  } finally {
    redis.close()
  }
}
