import { Refusal } from '../chat/refusal.ts'
import type { Redis } from '../redis/redis.ts'
import { defineScript } from '../redis/script.ts'
import { UnusableRedis } from '../redis/unusable-redis.ts'
import { generateSessionKeys, parseKeys, rotateSessionKeys, type SessionKeys } from './session-keys.ts'

/** ARGV: what stands there, what is to stand there. Whether nothing else stood there. */
const REPLACE_IF_UNCHANGED = defineScript(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return 1`)

/**
 * The keys of all processes on one Redis; the first process makes them. A Redis that lost them is given these again, so
 * that who starts later signs as those do who run.
 * @param report takes what went wrong where nobody waits for an answer
 * @throws UnusableRedis, Refusal `busy`
 */
export async function openRedisSessionKeys(
  redis: Redis,
  report: (error: unknown) => void,
): Promise<SessionKeys> {
  const fresh = generateSessionKeys()
  const known = await setIfAbsent(redis, fresh)
  const keys = known === undefined ? fresh : parseStoredKeys(redis, known)
  redis.onConnectionChange((up) => {
    if (!up) return
    setIfAbsent(redis, keys).catch((error) => {
      if (!(error instanceof Refusal)) report(error)
    })
  })
  return keys
}

/**
 * Puts a new key before the one that signs now; running processes go on with what they read.
 * @returns the keys until now; undefined where there are none
 * @throws UnusableRedis, Refusal `busy`
 */
export async function rotateRedisSessionKeys(redis: Redis): Promise<SessionKeys | undefined> {
  for (;;) {
    const known = await redis.command('GET', sessionKeysKey(redis))
    if (known === null) return undefined
    const keys = parseStoredKeys(redis, String(known))
    const words = [String(known), formatKeys(rotateSessionKeys(keys))]
    // Two who rotate at once do it one after the other.
    if ((await redis.run(REPLACE_IF_UNCHANGED, [sessionKeysKey(redis)], words)) === 1) return keys
  }
}

function sessionKeysKey(redis: Redis): string {
  return redis.keys.global('session-keys')
}

/** @returns what stands there already */
async function setIfAbsent(redis: Redis, keys: SessionKeys): Promise<string | undefined> {
  const known = await redis.command('SET', sessionKeysKey(redis), formatKeys(keys), 'NX', 'GET')
  return known === null ? undefined : String(known)
}

/** One a line, the one that signs first. */
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
