import type { Clock } from '../chat/ports/clock.ts'
import type { Config } from '../config/config.ts'
import { type RedisSettings, withRedis } from '../redis/connect.ts'
import type { Redis } from '../redis/redis.ts'
import { openRedisSessionKeys } from '../secrets/redis-session-keys.ts'
import type { SessionKeys } from '../secrets/session-keys.ts'

/** What a server shares with others, and where the keys of sessions are, for the log. */
export interface OpenedRedis {
  readonly redis: Redis
  readonly keys: SessionKeys
  readonly keySource: 'settings' | 'redis'
  close(): Promise<void>
}

/** The Redis that joins processes, and the keys of sessions that all of them have; or why not, a line for each reason. */
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
