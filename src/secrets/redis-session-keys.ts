import { Refusal } from '../chat/refusal.ts'
import type { Redis } from '../redis/redis.ts'
import { defineScript } from '../redis/script.ts'
import { UnusableRedis } from '../redis/unusable-redis.ts'
import { generateSessionKeys, parseKeys, rotateSessionKeys, type SessionKeys } from './session-keys.ts'

/** ARGV: the expected value, the new value. Returns 1 if the value was replaced, 0 if it was not the expected one. */
const REPLACE_IF_UNCHANGED = defineScript(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return 1`)

/**
 * Reads the session keys that all processes on one Redis share. The first process makes them. If Redis loses the keys,
 * running processes write them back, so that a process that starts later has the same ones.
 * @param report receives errors of background work
 * @throws UnusableRedis
 * @throws Refusal `busy`
 */
export async function openRedisSessionKeys(
  redis: Redis,
  report: (error: unknown) => void,
): Promise<SessionKeys> {
  const fresh = generateSessionKeys()
  const stored = await setIfAbsent(redis, fresh)
  const keys = stored === undefined ? fresh : parseStoredKeys(redis, stored)
  redis.onConnectionChange((up) => {
    if (!up) return
    setIfAbsent(redis, keys).catch((error) => {
      if (!(error instanceof Refusal)) report(error)
    })
  })
  return keys
}

/**
 * Makes a new key the current one. Running processes continue with the keys that they read at their start.
 * @returns the keys before the rotation; undefined if there were no keys
 * @throws UnusableRedis
 * @throws Refusal `busy`
 */
export async function rotateRedisSessionKeys(redis: Redis): Promise<SessionKeys | undefined> {
  for (;;) {
    const stored = await redis.command('GET', sessionKeysKey(redis))
    if (stored === null) return undefined
    const keys = parseStoredKeys(redis, String(stored))
    const args = [String(stored), formatKeys(rotateSessionKeys(keys))]
    // If another process rotated the keys first, this one rotates the new keys: no rotation is lost.
    if ((await redis.run(REPLACE_IF_UNCHANGED, [sessionKeysKey(redis)], args)) === 1) return keys
  }
}

function sessionKeysKey(redis: Redis): string {
  return redis.keys.global('session-keys')
}

/** @returns the value that was there already; undefined if the keys were set */
async function setIfAbsent(redis: Redis, keys: SessionKeys): Promise<string | undefined> {
  const stored = await redis.command('SET', sessionKeysKey(redis), formatKeys(keys), 'NX', 'GET')
  return stored === null ? undefined : String(stored)
}

/** One key per line, the current one first. */
function formatKeys({ current, former }: SessionKeys): string {
  return former === undefined ? current : `${current}\n${former}`
}

function parseStoredKeys(redis: Redis, text: string): SessionKeys {
  const keys = parseKeys(text.split('\n'))
  if (keys) return keys
  throw new UnusableRedis(
    `The session keys in this Redis (${sessionKeysKey(redis)}) are damaged. Restore them from a backup, or delete them: then ` +
      'all sessions end, and a new key is made.',
  )
}
