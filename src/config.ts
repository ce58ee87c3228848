import { parseArgs } from 'node:util'
import { COMMANDS, type CommandName, isCommand, unknownCommand, usage, wordOf } from './commands.ts'
import type { SessionKeys } from './data/session-keys.ts'
import {
  baseUrl,
  type DataChoice,
  dataChoice,
  duration,
  integer,
  oneOf,
  sessionKeys,
  someText,
  Wrong,
} from './flag-value.ts'
import {
  addressOnly,
  type LimitSettings,
  memberAndAddress,
  NO_LIMITS,
  sessionAndAddress,
} from './limit-value.ts'
import { redisCa, redisPrefix, redisUrl } from './redis-value.ts'
import { addressRanges } from './trusted-proxy.ts'
import type { AddressRange } from './web/client-address.ts'

/** What the flags and the environment say. Durations are milliseconds. */
export interface Config {
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
  readonly data: DataChoice
  /** Where what lasts and all that processes share is, instead of in a folder; undefined: this process is alone. */
  readonly redis: string | undefined
  /** A file of the certificates (PEM) by which that Redis is known; undefined: the usual authorities. */
  readonly redisCa: string | undefined
  /** Begins every key and channel there. */
  readonly redisPrefix: string
  /** Undefined: those of the data folder, else new ones. */
  readonly sessionKeys: SessionKeys | undefined
  readonly logLevel: LogLevel
}

const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

export type Command =
  | { readonly kind: CommandName; readonly config: Config; readonly word?: string }
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  /** One line per problem. */
  | { readonly kind: 'wrong'; readonly problems: readonly string[] }

interface Flag<Value> {
  readonly value: string
  readonly default: string
  readonly help: string
  readonly parse: (text: string) => Value
  /** Never printed. */
  readonly secret?: true
}

const flag = <Value>(
  value: string,
  fallback: string,
  help: string,
  parse: (text: string) => Value,
): Flag<Value> => ({ value, default: fallback, help, parse })

const FLAGS = {
  port: flag('N', '8000', 'port to listen on; 0 takes any free one', integer(0, 65535)),
  host: flag('ADDRESS', '127.0.0.1', 'address to listen on; 0.0.0.0 lets the local network in', someText),
  'base-url': flag('URL', '', 'where people reach this server, e.g. https://chat.example.org', baseUrl),
  'name-hold': flag('TIME', '60s', 'how long a name stays its member’s after they are gone', duration(0)),
  'away-after': flag(
    'TIME',
    '10s',
    'how long somebody counts as here whose page was closed, or is reloading',
    duration(0, 60_000),
  ),
  'replay-window': flag(
    'TIME',
    '60s',
    'how long readers who reconnect find what they missed; 0 for never',
    duration(0, 60_000),
  ),
  'stream-life': flag(
    'TIME',
    '10m',
    'streams are renewed after this time and up to half as long again',
    duration(1000),
  ),
  heartbeat: flag('TIME', '15s', 'how often a quiet stream shows that it lives', duration(100)),
  'max-streams': flag('N', '20000', 'open streams of the whole process', integer(1, 1_000_000)),
  'max-room-streams': flag('N', '10000', 'open streams of one room', integer(1, 1_000_000)),
  'limit-posts': flag('LIMITS', '20+10/s,200/s', 'messages of a member, and of an address', memberAndAddress),
  'limit-names': flag(
    'LIMITS',
    '10+3/s,60/s',
    'names taken by a member, and by an address',
    memberAndAddress,
  ),
  'limit-rooms': flag('LIMIT', '30/h', 'rooms kept or listed by an address', addressOnly),
  'limit-streams': flag('N,N', '20,100', 'open streams of a session, and of an address', sessionAndAddress),
  limits: flag('on|off', 'on', 'off lifts every --limit-…', oneOf(['on', 'off'])),
  'trusted-proxy': flag('ADDRESSES', '', 'proxies to believe: addresses, loopback, private', addressRanges),
  data: flag(
    'FOLDER',
    '',
    'what must last is kept there; made if named, else ./snug-data if it exists',
    dataChoice,
  ),
  redis: {
    ...flag('URL', '', 'joins many processes into one chat, whose kept rooms are there', redisUrl),
    secret: true,
  },
  'redis-ca': flag('FILE', '', 'trusts the certificates in it, for rediss://', redisCa),
  'redis-prefix': flag('TEXT', 'snug:', 'begins every key and channel in Redis', redisPrefix),
  'session-keys': {
    ...flag('NEW[,OLD]', '', 'signs sessions; better by the variable: others see flags', sessionKeys),
    secret: true,
  },
  'log-level': flag('LEVEL', 'warn', `${LOG_LEVELS.join(', ')}; to standard error`, oneOf(LOG_LEVELS)),
} as const

type Values = { [Name in keyof typeof FLAGS]: ReturnType<(typeof FLAGS)[Name]['parse']> }

/**
 * Reads the command line, and `SNUG_…` variables for flags that it does not name.
 * @param argv without the program's own name
 */
export function readCommand(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Command {
  const { command, word, given, problems } = readArguments(argv)
  if (given.has('help')) return { kind: 'help' }
  if (given.has('version')) return { kind: 'version' }
  problems.push(...notTaken(command, given), ...unknownVariables(env))
  const values: Partial<Record<string, unknown>> = {}
  for (const [name, { default: fallback, parse, secret }] of Object.entries<Flag<unknown>>(FLAGS)) {
    const variable = variableOf(name)
    const fromFlag = given.get(name)
    const text = fromFlag ?? env[variable] ?? fallback
    try {
      values[name] = parse(text)
    } catch (error) {
      if (!(error instanceof Wrong)) throw error
      const shown = secret ? '' : `, not “${text}”`
      problems.push(`${fromFlag === undefined ? variable : `--${name}`} must be ${error.message}${shown}.`)
    }
  }
  if (values.redis !== undefined && (values.data as DataChoice | undefined)?.make)
    problems.push('What lasts is kept in a folder or in Redis: --data and --redis can’t be had together.')
  if (values['redis-ca'] !== undefined && /^redis:/.test(String(values.redis)))
    problems.push('--redis-ca is for a --redis that is reached by TLS: rediss://…')
  if (problems.length > 0) return { kind: 'wrong', problems }
  return { kind: command, config: toConfig(values as Values), ...(word !== undefined && { word }) }
}

export function helpText(version: string): string {
  const rows = Object.entries(FLAGS).map(([name, { value, default: fallback, help }]) => {
    const left = `  --${name} ${value}`.padEnd(27)
    return `${left} ${help}${fallback === '' ? '' : ` (${fallback})`}`
  })
  return [
    `Snug ${version}: a chat server. Run it, share a link.`,
    '',
    ...usage(),
    '',
    ...rows,
    '  --help, --version',
    '',
    'Each flag has an environment variable: --base-url is SNUG_BASE_URL.',
    'A TIME is a number with ms, s, m or h.',
    'A LIMIT of 20+10/s is 20 at once, then 10 a second; 30/h is 30 at once and in an hour; off lifts it.',
  ].join('\n')
}

function variableOf(flagName: string): string {
  return `SNUG_${flagName.toUpperCase().replaceAll('-', '_')}`
}

function unknownVariables(env: Readonly<Record<string, string | undefined>>): string[] {
  const known = new Set(Object.keys(FLAGS).map(variableOf))
  return Object.keys(env)
    .filter((name) => name.startsWith('SNUG_') && !known.has(name))
    .map((name) => `There is no variable ${name}; snug --help lists the flags, and each has one.`)
}

function notTaken(command: CommandName, given: ReadonlyMap<string, string>): string[] {
  const takes: 'every flag' | readonly string[] = COMMANDS[command].takes
  return takes === 'every flag'
    ? []
    : [...given.keys()]
        .filter((name) => !takes.includes(name))
        .map((name) => `${command} takes no --${name}.`)
}

function readArguments(argv: readonly string[]): {
  command: CommandName
  word: string | undefined
  given: Map<string, string>
  problems: string[]
} {
  let command: CommandName | undefined
  let word: string | undefined
  const given = new Map<string, string>()
  const problems: string[] = []
  const options = Object.fromEntries(Object.keys(FLAGS).map((name) => [name, { type: 'string' as const }]))
  const { tokens } = parseArgs({
    args: [...argv],
    options: { ...options, help: { type: 'boolean', short: 'h' }, version: { type: 'boolean', short: 'v' } },
    strict: false,
    allowPositionals: true,
    tokens: true,
  })
  // What follows a misspelt flag is its value, not a problem of its own.
  let orphan = -1
  for (const token of tokens) {
    if (token.kind === 'positional' && token.index !== orphan) {
      if (command !== undefined && word === undefined && wordOf(command)) word = token.value
      else if (command !== undefined) problems.push(`“${token.value}” is a word too many after ${command}.`)
      else if (isCommand(token.value)) command = token.value
      else problems.push(unknownCommand(token.value))
    }
    if (token.kind !== 'option') continue
    const { name, rawName, value, index, inlineValue } = token
    const known = Object.hasOwn(FLAGS, name)
    const swallowed = known && inlineValue === false && value.startsWith('--')
    if (!known || swallowed) orphan = index + (swallowed ? 2 : 1)
    if (name === 'help' || name === 'version') given.set(name, '')
    else if (!known) problems.push(`There is no flag ${rawName}; snug --help lists them.`)
    else if (value === undefined || swallowed) problems.push(`${rawName} needs a value.`)
    else given.set(name, value)
  }
  const missing = word === undefined && command && wordOf(command)
  if (missing && !given.has('help') && !given.has('version'))
    problems.push(`${command} needs a ${missing}: snug ${command} ${missing}`)
  return { command: command ?? 'serve', word, given, problems }
}

function toConfig(values: Values): Config {
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
    logLevel: values['log-level'],
  }
}

function limitSettings(values: Values): LimitSettings {
  return {
    post: values['limit-posts'],
    name: values['limit-names'],
    room: values['limit-rooms'],
    stream: values['limit-streams'],
  }
}
