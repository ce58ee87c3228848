import type { Origins } from '../chat/embedding.ts'
import type { RedisSettings } from '../redis/connect.ts'
import type { SessionKeys } from '../secrets/session-keys.ts'
import type { AddressRange } from '../web/visitor/client-address.ts'
import { INFO_FLAGS, type InfoFlag, readArguments } from './arguments.ts'
import { allOptions, COMMANDS, type CommandName, optionsOf } from './command-table.ts'
import { type DataFolderSetting, InvalidValue } from './flag-values.ts'
import { environmentVariableOf, FLAGS, type Flag, type FlagValues, type LogLevel } from './flags.ts'
import { type LimitSettings, NO_LIMITS } from './limit-flags.ts'

/** What the flags and the environment say. Durations are milliseconds. */
export interface Config extends RedisSettings {
  readonly port: number
  readonly host: string
  /** Where people reach this server, without a slash at the end; undefined: wherever they do. */
  readonly baseUrl: string | undefined
  readonly nameHold: number
  readonly awayAfter: number
  /** 0: nothing is remembered for readers who reconnect. */
  readonly replayWindow: number
  readonly streamLife: number
  readonly heartbeat: number
  readonly maxStreams: number
  readonly maxRoomStreams: number
  readonly limits: LimitSettings
  /** Proxies whose word on where a request comes from is believed. */
  readonly trustedProxy: readonly AddressRange[]
  readonly data: DataFolderSetting
  /** Undefined: those of the data folder, else new ones. */
  readonly sessionKeys: SessionKeys | undefined
  /** The pages that may show rooms within them. */
  readonly embedOrigins: Origins
  /** By which those pages answer for names, in any room. */
  readonly embedSecret: string | undefined
  readonly logLevel: LogLevel
}

export type Command =
  | {
      readonly kind: CommandName
      readonly config: Config
      readonly argument?: string
      /** What was given of the flags that this command has for itself. */
      readonly options?: ReadonlyMap<string, string>
    }
  | { readonly kind: InfoFlag }
  /** One line per problem. */
  | { readonly kind: 'invalid'; readonly problems: readonly string[] }

/**
 * Reads the command line, and `SNUG_…` variables for flags that it does not name.
 * @param argv without the program's own name
 */
export function readCommand(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Command {
  const { command, argument, flags, problems: misread } = readArguments(argv)
  const asked = INFO_FLAGS.find((question) => flags.has(question))
  if (asked) return { kind: asked }
  const problems = [...misread, ...unsupportedFlags(command, flags), ...unknownVariables(env)]
  const values: Partial<Record<string, unknown>> = {}
  for (const [name, { default: fallback, parse, secret }] of Object.entries<Flag<unknown>>(FLAGS)) {
    const variable = environmentVariableOf(name)
    const fromFlag = flags.get(name)
    const text = fromFlag ?? env[variable] ?? fallback
    try {
      values[name] = parse(text)
    } catch (error) {
      if (!(error instanceof InvalidValue)) throw error
      const shown = secret ? '' : `, not “${text}”`
      problems.push(`${fromFlag === undefined ? variable : `--${name}`} must be ${error.message}${shown}.`)
    }
  }
  if (values.redis !== undefined && (values.data as DataFolderSetting | undefined)?.createIfMissing)
    problems.push('Data is kept either in a folder or in Redis: --data and --redis can’t be combined.')
  if (values['redis-ca'] !== undefined && /^redis:/.test(String(values.redis)))
    problems.push('--redis-ca is for a --redis that is reached over TLS: rediss://…')
  if (problems.length > 0) return { kind: 'invalid', problems }
  const own = [...flags].filter(([name]) => optionsOf(command).includes(name))
  return {
    kind: command,
    config: toConfig(values as FlagValues),
    ...(argument !== undefined && { argument }),
    ...(own.length > 0 && { options: new Map(own) }),
  }
}

function unknownVariables(env: Readonly<Record<string, string | undefined>>): string[] {
  const known = new Set(Object.keys(FLAGS).map(environmentVariableOf))
  return Object.keys(env)
    .filter((name) => name.startsWith('SNUG_') && !known.has(name))
    .map((name) => `There is no variable ${name}; snug --help lists the flags, and each has one.`)
}

function unsupportedFlags(command: CommandName, given: ReadonlyMap<string, string>): string[] {
  const takes: 'every flag' | readonly string[] = COMMANDS[command].takes
  const isTaken = (name: string) =>
    optionsOf(command).includes(name) ||
    (takes === 'every flag' ? !allOptions().includes(name) : takes.includes(name))
  return [...given.keys()].filter((name) => !isTaken(name)).map((name) => `${command} takes no --${name}.`)
}

function toConfig(values: FlagValues): Config {
  return {
    port: values.port,
    host: values.host,
    baseUrl: values['base-url'],
    nameHold: values['name-hold'],
    awayAfter: values['away-after'],
    replayWindow: values['replay-window'],
    streamLife: values['stream-life'],
    heartbeat: values.heartbeat,
    maxStreams: values['max-streams'],
    maxRoomStreams: values['max-room-streams'],
    limits: values.limits === 'off' ? NO_LIMITS : limitSettings(values),
    trustedProxy: values['trusted-proxy'],
    data: values.data,
    redis: values.redis,
    redisCa: values['redis-ca'],
    redisPrefix: values['redis-prefix'],
    sessionKeys: values['session-keys'],
    embedOrigins: values['embed-origins'],
    embedSecret: values['embed-secret'],
    logLevel: values['log-level'],
  }
}

function limitSettings(values: FlagValues): LimitSettings {
  return {
    post: values['limit-posts'],
    name: values['limit-names'],
    room: values['limit-rooms'],
    stream: values['limit-streams'],
  }
}
