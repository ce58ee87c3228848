import type { Clock } from '../chat/ports/clock.ts'
import type { Config } from '../config/config.ts'
import { type RedisSettings, withRedis } from '../redis/connect.ts'
import type { Redis } from '../redis/redis.ts'
import { openRedisSessionKeys } from '../secrets/redis-session-keys.ts'
import type { SessionKeys } from '../secrets/session-keys.ts'

/** The Redis and the session keys that several processes share. */
export interface OpenedRedis {
  readonly redis: Redis
  readonly keys: SessionKeys
  /** Where the keys come from, for the log. */
  readonly keySource: 'settings' | 'redis'
  close(): Promise<void>
}

/** Connects to the Redis that joins processes, and reads their session keys. The problem has one line per reason. */
export async function openRedis(
  { sessionKeys, ...settings }: RedisSettings & Pick<Config, 'sessionKeys'>,
  clock: Clock,
  report: (error: unknown) => void,
): Promise<OpenedRedis | { problem: string }> {
  return withRedis(settings, clock, report, async (redis) => ({
    redis,
    keys: sessionKeys ?? (await openRedisSessionKeys(redis, report)),
    keySource: sessionKeys ? 'settings' : 'redis',
    close: async () => redis.close(),
  }))
}
