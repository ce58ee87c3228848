import type { Redis } from '../redis/redis.ts'
import { freshKeys, parseKeys, type SessionKeys } from './session-keys.ts'
export async function openSharedKeys(redis: Redis): Promise<SessionKeys> {
  const key = redis.keys.global('session-keys')
  await redis.command('SET', key, freshKeys().current, 'NX')
  const keys = parseKeys(String(await redis.command('GET', key)).split('\n'))
  if (!keys) throw new Error('bad keys')
  return keys
}
