import { ErrorReply } from '@redis/client'
import type { RedisClient } from './client.ts'
import type { RedisKeys } from './keys.ts'
import { UnusableRedis } from './unusable-redis.ts'

/** Every command that Snug uses, in a form that changes only `KEY`: a hash that expires within a second. */
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

/** KEYS: a key of its own. ARGV: its channel, commands to try. Replies `[command, error]` for each that failed. */
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
 * Checks that Snug's user in Redis has all rights that Snug needs.
 * @throws UnusableRedis with the rights that are missing
 */
export async function assertRights(client: RedisClient, keys: RedisKeys): Promise<void> {
  const missing = new Set<string>()
  const record = (command: string, error: string) => {
    const denied = deniedRight(error)
    if (denied) missing.add(denied === 'command' ? command : `${denied} that begin with “${keys.global('')}”`)
  }
  const attempt = async (command: string, run: () => Promise<unknown>) => {
    try {
      return await run()
    } catch (error) {
      if (!(error instanceof ErrorReply)) throw error
      record(command, error.message)
      return undefined
    }
  }
  const name = keys.global('{rights}')
  const args = ['1', `${name}:tried`, name, ...PROBED_COMMANDS]
  const errors = await attempt('EVAL', () => client.sendCommand(['EVAL', PROBE_SCRIPT, ...args]))
  for (const [command, error] of (errors ?? []) as readonly (readonly [string, string])[])
    record(command, error)
  // No script has this hash: NOSCRIPT is the reply to a user who may run EVALSHA.
  await attempt('EVALSHA', () => client.sendCommand(['EVALSHA', '0'.repeat(40), ...args]))
  await attempt('PING', () => client.sendCommand(['PING']))
  await attempt('SSUBSCRIBE', () => client.sSubscribe(name, () => {}))
  await attempt('SUNSUBSCRIBE', () => client.sUnsubscribe(name))
  if (missing.size > 0) throw new UnusableRedis(describeMissingRights(...missing))
}

/** The message for the operator who gave the user too few rights. */
export function describeMissingRights(...missing: readonly string[]): string {
  return `Snug’s user in this Redis may not use ${missing.join(', ')}: docs/scaling.md lists what it needs.`
}

/** What a permission error denies; undefined for other errors. Redis 7.0 and later versions word them differently. */
export function deniedRight(error: string): 'command' | 'keys' | 'channels' | undefined {
  if (!/NOPERM|The user executing the script/.test(error)) return undefined
  if (/to run the|run this command/.test(error)) return 'command'
  return /channel/.test(error) ? 'channels' : 'keys'
}
