import type { Clock } from '../chat/ports/clock.ts'
import type { Config } from '../config/config.ts'
import { type RedisSettings, withRedis } from '../redis/connect.ts'
import type { Redis } from '../redis/redis.ts'
import { shareSessionKeys } from '../secrets/redis-session-keys.ts'
import { createSecrets, type RenewableSecrets } from '../secrets/secrets.ts'

/** The Redis and the session keys that several processes share. */
export interface OpenedRedis {
  readonly redis: Redis
  readonly secrets: RenewableSecrets
  /** Writes the session keys to a Redis that lost them. */
  offerSessionKeys(): void
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
  return withRedis(settings, clock, report, async (redis) => {
    const opened = { redis, close: async () => redis.close() }
    if (sessionKeys)
      return {
        ...opened,
        secrets: createSecrets(sessionKeys),
        offerSessionKeys: () => {},
        keySource: 'settings',
      }
    let secrets: RenewableSecrets | undefined
    const { keys, check } = await shareSessionKeys(redis, report, (changed) => secrets?.useKeys(changed))
    secrets = createSecrets(keys)
    return { ...opened, secrets, offerSessionKeys: () => void check(), keySource: 'redis' }
  })
}
