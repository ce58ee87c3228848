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
 * Checks that Redis has all commands that Snug needs, and that Snug's user in Redis may use them.
 * @throws UnusableRedis with the commands and rights that are missing
 */
export async function assertRights(client: RedisClient, keys: RedisKeys): Promise<void> {
  const missing = new Set<string>()
  const unknown = new Set<string>()
  const record = (command: string, error: string) => {
    if (isUnknownCommand(error)) unknown.add(command)
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
  const key = `${name}:tried`
  const args = ['1', key, name, ...PROBED_COMMANDS]
  const attemptDirectly = (probe: string) => {
    const words = probe.split(' ').map((word) => (word === 'KEY' ? key : word === 'CHANNEL' ? name : word))
    return attempt(words[0] ?? '', () => client.sendCommand(words))
  }
  const errors = await attempt('EVAL', () => client.sendCommand(['EVAL', PROBE_SCRIPT, ...args]))
  if (errors) for (const [command, error] of errors as [string, string][]) record(command, error)
  // Without EVAL the other commands can be tried only one by one.
  else for (const command of PROBED_COMMANDS) await attemptDirectly(command)
  // No script has this hash: NOSCRIPT is the reply to a user who may run EVALSHA.
  await attempt('EVALSHA', () => client.sendCommand(['EVALSHA', '0'.repeat(40), ...args]))
  await attempt('PING', () => client.sendCommand(['PING']))
  await attempt('SSUBSCRIBE', () => client.sSubscribe(name, () => {}))
  await attempt('SUNSUBSCRIBE', () => client.sUnsubscribe(name))
  const problems = [
    ...(unknown.size > 0 ? [describeMissingCommands(...unknown)] : []),
    ...(missing.size > 0 ? [describeMissingRights(...missing)] : []),
  ]
  if (problems.length > 0) throw new UnusableRedis(problems.join('\n'))
}

/** The message for the operator of a Redis whose configuration takes commands away. */
export function describeMissingCommands(...missing: readonly string[]): string {
  return `This Redis has no command ${missing.join(', ')}, and Snug needs it: look for rename-command in its configuration.`
}

/** Whether Redis has no command of that name. Scripts word it differently. */
export function isUnknownCommand(error: string): boolean {
  return /^(ERR )?unknown (redis )?command/i.test(error)
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
