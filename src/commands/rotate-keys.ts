import type { Clock } from '../chat/ports/clock.ts'
import { UnusableResource } from '../chat/unusable-resource.ts'
import type { Config } from '../config/config.ts'
import { keyFilePath, readKeyFile, writeKeyFile } from '../data/key-file.ts'
import type { RedisSettings } from '../redis/connect.ts'
import { withRedis } from '../redis/connect.ts'
import { rotateRedisSessionKeys } from '../secrets/redis-session-keys.ts'
import { rotateSessionKeys, type SessionKeys } from '../secrets/session-keys.ts'
import type { CommandResult } from './result.ts'

/**
 * Makes a new session key the current one, in the data folder or in Redis. The current key becomes the former one.
 * A server with a data folder uses it after a restart, and processes on Redis within seconds.
 */
export async function rotateKeys(
  config: Pick<Config, 'data' | 'sessionKeys'> & RedisSettings,
  clock: Clock,
): Promise<CommandResult> {
  if (config.sessionKeys) {
    return {
      problem: 'The keys are in SNUG_SESSION_KEYS: put a new one and a comma before the first one there.',
    }
  }
  return config.redis === undefined ? rotateInFolder(config.data.path) : rotateInRedis(config, clock)
}

async function rotateInFolder(folder: string): Promise<CommandResult> {
  const path = keyFilePath(folder)
  try {
    const keys = await readKeyFile(folder)
    if (!keys) return { problem: `There is no ${path}: Snug makes it when it starts with --data ${folder}` }
    await writeKeyFile(folder, rotateSessionKeys(keys))
    return { stdout: describeRotation(path, keys, 'after a restart') }
  } catch (error) {
    if (error instanceof UnusableResource) return { problem: error.message }
    throw error
  }
}

async function rotateInRedis(settings: RedisSettings, clock: Clock): Promise<CommandResult> {
  const ignoreErrors = () => {}
  return withRedis<CommandResult>(settings, clock, ignoreErrors, async (redis) => {
    const keys = await rotateRedisSessionKeys(redis)
    redis.close()
    if (!keys)
      return { problem: 'There are no keys in this Redis: Snug makes them when it starts with --redis.' }
    const when = 'within seconds, in all processes at once'
    return { stdout: describeRotation('Redis', keys, when) }
  })
}

function describeRotation(location: string, { former }: SessionKeys, when: string): string {
  const dropped =
    former === undefined ? '' : ' The key before that is gone: sessions signed only by it have ended.'
  return [
    `A new key is in ${location}; the previous one still opens sessions.${dropped}`,
    `Snug uses it ${when}. Everybody who visits before the next rotation keeps their session.`,
  ].join('\n')
}
