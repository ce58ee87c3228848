import type { Clock } from './chat/ports.ts'
import type { Config } from './config.ts'
import type { SessionKeys } from './data/session-keys.ts'
import { openSharedKeys } from './data/shared-keys.ts'
import { redisProblem } from './reach-redis.ts'
import { Redis } from './redis/redis.ts'

/** What a server shares with others, and where the keys of sessions are, for the log. */
export interface Shared {
  readonly redis: Redis
  readonly keys: SessionKeys
  readonly keptIn: 'settings' | 'redis'
  close(): Promise<void>
}

/** The Redis that joins processes, and the keys of sessions that all of them have; or why not, a line for each reason. */
export async function openRedis(
  {
    redis: url = '',
    redisPrefix: prefix,
    sessionKeys,
  }: Pick<Config, 'redis' | 'redisPrefix' | 'sessionKeys'>,
  clock: Clock,
  report: (error: unknown) => void,
): Promise<Shared | { problem: string }> {
  let redis: Redis | undefined
  try {
    const opened = await Redis.open({ url, prefix, clock, report })
    redis = opened
    return {
      redis,
      keys: sessionKeys ?? (await openSharedKeys(redis)),
      keptIn: sessionKeys ? 'settings' : 'redis',
      close: async () => opened.close(),
    }
  } catch (error) {
    redis?.close()
    return { problem: redisProblem(error, url) }
  }
}
