import { ErrorReply } from '@redis/client'
import type { RedisClient } from './client.ts'
import type { RedisKeys } from './keys.ts'
import { UnusableRedis } from './unusable-redis.ts'

/** Every command that Snug gives, in a form that changes nothing but the one key, which holds a hash and is gone soon. */
export const PROBED_COMMANDS: readonly string[] = [
  'HSET KEY field 1',
  'PEXPIRE KEY 1000',
  'EXISTS KEY',
  'GET KEY',
  'HDEL KEY none',
  'HEXISTS KEY field',
  'HGET KEY field',
  'HGETALL KEY',
  'HLEN KEY',
  'HMGET KEY field',
  'HVALS KEY',
  'PERSIST KEY',
  'PTTL KEY',
  'RENAME KEY KEY',
  'SADD KEY member',
  'SET KEY value NX',
  'SMEMBERS KEY',
  'SPUBLISH CHANNEL nothing',
  'SREM KEY member',
  'SSCAN KEY 0',
  'TIME',
  'ZADD KEY 1 member',
  'ZCARD KEY',
  'ZCOUNT KEY 0 1',
  'ZMSCORE KEY member',
  'ZRANGE KEY 0 1',
  'ZRANGEBYLEX KEY - +',
  'ZRANGEBYSCORE KEY 0 1',
  'ZREM KEY member',
  'ZSCORE KEY member',
  'PEXPIRE KEY 1000',
  'UNLINK KEY',
]

/** KEYS: one of its own. ARGV: its channel, what to try. Replies the errors. */
const PROBE_SCRIPT = `
local errors = {}
for index = 2, #ARGV do
  local command = {}
  for part in string.gmatch(ARGV[index], '%S+') do
    table.insert(command, part == 'KEY' and KEYS[1] or part == 'CHANNEL' and ARGV[1] or part)
  end
  local reply = redis.pcall(unpack(command))
  if type(reply) == 'table' and reply.err then table.insert(errors, { command[1], reply.err }) end
end
return errors`

/**
 * Tries whether the user that Snug is in Redis may do all that Snug does there.
 * @throws UnusableRedis
 */
export async function assertRights(client: RedisClient, keys: RedisKeys): Promise<void> {
  const lacking = new Set<string>()
  const note = (what: string, error: string) => {
    const denied = deniedRight(error)
    if (denied) lacking.add(denied === 'command' ? what : `${denied} that begin with “${keys.global('')}”`)
  }
  const attempt = async (what: string, run: () => Promise<unknown>) => {
    try {
      return await run()
    } catch (error) {
      if (!(error instanceof ErrorReply)) throw error
      note(what, error.message)
      return undefined
    }
  }
  const name = keys.global('{rights}')
  const words = ['1', `${name}:tried`, name, ...PROBED_COMMANDS]
  const errors = await attempt('EVAL', () => client.sendCommand(['EVAL', PROBE_SCRIPT, ...words]))
  for (const [what, error] of (errors ?? []) as readonly (readonly [string, string])[]) note(what, error)
  // A script of this name is not there.
  await attempt('EVALSHA', () => client.sendCommand(['EVALSHA', '0'.repeat(40), ...words]))
  await attempt('PING', () => client.sendCommand(['PING']))
  await attempt('SSUBSCRIBE', () => client.sSubscribe(name, () => {}))
  await attempt('SUNSUBSCRIBE', () => client.sUnsubscribe(name))
  if (lacking.size > 0) throw new UnusableRedis(describeMissingRights(...lacking))
}

/** What to tell whoever gave the user too few rights. */
export function describeMissingRights(...what: readonly string[]): string {
  return `Snug’s user in this Redis may not use ${what.join(', ')}: docs/scaling.md lists what it needs.`
}

/** What an error denies the user, if it does: Redis 7.0 words it in one way within scripts, and later ones in another. */
export function deniedRight(error: string): 'command' | 'keys' | 'channels' | undefined {
  if (!/NOPERM|The user executing the script/.test(error)) return undefined
  if (/to run the|run this command/.test(error)) return 'command'
  return /channel/.test(error) ? 'channels' : 'keys'
}
