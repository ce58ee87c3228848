import type { Origins } from '../chat/embedding.ts'
import type { RedisSettings } from '../redis/connect.ts'
import type { SessionKeys } from '../secrets/session-keys.ts'
import type { AddressRange } from '../web/visitor/client-address.ts'
import { INFO_FLAGS, type InfoFlag, readArguments } from './arguments.ts'
import { allOptions, COMMANDS, type CommandName, optionsOf } from './command-table.ts'
import { type DataFolderSetting, InvalidValue } from './flag-values.ts'
import { environmentVariableOf, FLAGS, type Flag, type FlagValues, type LogLevel } from './flags.ts'
import { type LimitSettings, NO_LIMITS } from './limit-flags.ts'

/** All settings, from flags and environment variables. Durations are milliseconds. */
export interface Config extends RedisSettings {
  readonly port: number
  readonly host: string
  /** The public address of this server, without a slash at the end. Undefined: the `Host` of each request. */
  readonly baseUrl: string | undefined
  readonly nameHold: number
  readonly awayAfter: number
  /** How long vanishing messages can be replayed to readers who reconnect. 0 turns replay off. */
  readonly replayWindow: number
  readonly streamLife: number
  readonly heartbeat: number
  readonly maxStreams: number
  readonly maxRoomStreams: number
  readonly limits: LimitSettings
  /** Proxies that may state the address of a client in a header. */
  readonly trustedProxy: readonly AddressRange[]
  readonly data: DataFolderSetting
  /** The most bytes that the database of the data folder may have. Undefined: as many as the disk has. */
  readonly maxData: number | undefined
  /** Whether the clock is right although it is days ahead of the last run: messages may expire by it. */
  readonly acceptClock: boolean
  /** Undefined: the keys of the data folder or of Redis, else new keys. */
  readonly sessionKeys: SessionKeys | undefined
  /** The origins of pages that may embed rooms. */
  readonly embedOrigins: Origins
  /** The secret with which host pages sign the names of their users, for any room. */
  readonly embedSecret: string | undefined
  readonly logLevel: LogLevel
}

export type Command =
  | {
      readonly kind: CommandName
      readonly config: Config
      readonly argument?: string
      /** The given flags that belong to this command only. */
      readonly options?: ReadonlyMap<string, string>
    }
  | { readonly kind: InfoFlag }
  /** One line per problem. */
  | { readonly kind: 'invalid'; readonly problems: readonly string[] }

/**
 * Reads the command line, and the `SNUG_…` variables of flags that are not on it.
 * @param argv the arguments, without the name of the program
 */
export function readCommand(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Command {
  const { command, argument, flags, problems: argumentProblems } = readArguments(argv)
  const infoFlag = INFO_FLAGS.find((flag) => flags.has(flag))
  if (infoFlag) return { kind: infoFlag }
  const problems = [...argumentProblems, ...unsupportedFlags(command, flags), ...unknownVariables(env)]
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
  if (values['redis-ca'] !== undefined && /^redis[:+]/.test(String(values.redis)))
    problems.push('--redis-ca is for a --redis that is reached over TLS: rediss://…')
  if (problems.length > 0) return { kind: 'invalid', problems }
  const options = [...flags].filter(([name]) => optionsOf(command).includes(name))
  return {
    kind: command,
    config: toConfig(values as FlagValues),
    ...(argument !== undefined && { argument }),
    ...(options.length > 0 && { options: new Map(options) }),
  }
}

function unknownVariables(env: Readonly<Record<string, string | undefined>>): string[] {
  const variables = new Set(Object.keys(FLAGS).map(environmentVariableOf))
  return Object.keys(env)
    .filter((name) => name.startsWith('SNUG_') && !variables.has(name))
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
    maxData: values['max-data'],
    acceptClock: values['accept-clock'] === 'on',
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
    read: values['limit-reads'],
  }
}
