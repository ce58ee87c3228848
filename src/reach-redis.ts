import type { Clock } from './chat/ports.ts'
import type { Config } from './config.ts'
import { Unusable } from './data/unusable.ts'
import { Redis } from './redis/redis.ts'
import { UnusableRedis } from './redis/trouble.ts'

/**
 * Opens Redis for a command that ends soon.
 * @throws Unusable
 */
export async function reachRedis(
  { redis: url = '', redisPrefix: prefix }: Pick<Config, 'redis' | 'redisPrefix'>,
  clock: Clock,
): Promise<Redis> {
  try {
    // What goes wrong on the way is met by whoever asks.
    return await Redis.open({ url, prefix, clock, report: () => {} })
  } catch (error) {
    throw new Unusable(redisProblem(error, url))
  }
}

/** Why the Redis at this address can’t be used; a line for each reason. */
export function redisProblem(error: unknown, url: string): string {
  if (error instanceof UnusableRedis) return error.message
  return `Can’t use the Redis at ${hostIn(url)}: ${error instanceof Error ? error.message : String(error)}`
}

/** An address may hold a password, and is not printed. */
export function hostIn(url: string): string {
  return URL.parse(url)?.host ?? 'this address'
}
