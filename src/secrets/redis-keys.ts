import { Refusal } from '../chat/refusal.ts'
import type { Redis } from '../redis/redis.ts'
import { script } from '../redis/script.ts'
import { UnusableRedis } from '../redis/unusable.ts'
import { freshKeys, parseKeys, rotated, type SessionKeys } from './session-keys.ts'

/** What stands there, what is to stand there: whether nothing else stood there. */
const REPLACE = script(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return 1`)

/**
 * The keys of all processes on one Redis; the first process makes them. A Redis that lost them is given these again, so
 * that who starts later signs as those do who run.
 * @param report takes what went wrong where nobody waits for an answer
 * @throws UnusableRedis, Refusal `busy`
 */
export async function openSharedKeys(redis: Redis, report: (error: unknown) => void): Promise<SessionKeys> {
  const fresh = freshKeys()
  const known = await offer(redis, fresh)
  const keys = known === undefined ? fresh : parse(redis, known)
  redis.watch((up) => {
    if (!up) return
    offer(redis, keys).catch((error) => {
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
export async function rotateSharedKeys(redis: Redis): Promise<SessionKeys | undefined> {
  for (;;) {
    const known = await redis.command('GET', keyOf(redis))
    if (known === null) return undefined
    const keys = parse(redis, String(known))
    const words = [String(known), format(rotated(keys))]
    // Two who rotate at once do it one after the other.
    if ((await redis.run(REPLACE, [keyOf(redis)], words)) === 1) return keys
  }
}

function keyOf(redis: Redis): string {
  return redis.keys.global('session-keys')
}

/** @returns what stands there already */
async function offer(redis: Redis, keys: SessionKeys): Promise<string | undefined> {
  const known = await redis.command('SET', keyOf(redis), format(keys), 'NX', 'GET')
  return known === null ? undefined : String(known)
}

/** One a line, the one that signs first. */
function format({ current, former }: SessionKeys): string {
  return former === undefined ? current : `${current}\n${former}`
}

function parse(redis: Redis, text: string): SessionKeys {
  const keys = parseKeys(text.split('\n'))
  if (keys) return keys
  throw new UnusableRedis(
    `The session keys in this Redis (${keyOf(redis)}) are damaged. Restore them from a backup, or delete them: then ` +
      'all sessions end, and a new key is made.',
  )
}
