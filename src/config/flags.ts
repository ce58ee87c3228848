import { usage } from './command-table.ts'
import {
  duration,
  integer,
  oneOf,
  parseBaseUrl,
  parseDataFolder,
  parseEmbedOrigins,
  parseEmbedSecret,
  parseHost,
  parseSessionKeys,
  size,
} from './flag-values.ts'
import {
  parseAddressLimit,
  parseMemberAndAddressLimit,
  parseReadLimit,
  parseStreamLimit,
} from './limit-flags.ts'
import { parseAddressRanges } from './proxy-flags.ts'
import { parseRedisCa, parseRedisPrefix, parseRedisUrl } from './redis-flags.ts'

const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

/** One setting, given by a flag or its environment variable. */
export interface Flag<Value> {
  readonly placeholder: string
  readonly default: string
  readonly help: string
  readonly parse: (text: string) => Value
  /** The value is never printed. */
  readonly secret?: true
  /** The flag alone, without a value, means `on`. */
  readonly isSwitch?: true
}

const flag = <Value>(
  placeholder: string,
  fallback: string,
  help: string,
  parse: (text: string) => Value,
): Flag<Value> => ({ placeholder, default: fallback, help, parse })

/** All flags, in the order of the help. */
export const FLAGS = {
  port: flag('N', '8000', 'port to listen on; 0 picks any free one', integer(0, 65535)),
  host: flag('ADDRESS', '127.0.0.1', 'address to listen on; 0.0.0.0 lets the local network in', parseHost),
  'base-url': flag('URL', '', 'where people reach this server, e.g. https://chat.example.org', parseBaseUrl),
  'name-hold': flag('TIME', '60s', 'how long a name stays held after its member is gone', duration(0)),
  'away-after': flag(
    'TIME',
    '10s',
    'how long somebody still counts as here after their page closed or began to reload',
    duration(0, 60_000),
  ),
  'replay-window': flag(
    'TIME',
    '60s',
    'how long messages wait in memory for readers who reconnect; 0 turns it off',
    duration(0, 60_000),
  ),
  'stream-life': flag(
    'TIME',
    '10m',
    'streams are renewed after this time or up to half as long again',
    duration(1000),
  ),
  heartbeat: flag('TIME', '15s', 'how often a quiet stream shows that it is alive', duration(100)),
  'max-streams': flag('N', '20000', 'open streams of the whole process', integer(1, 1_000_000)),
  'max-room-streams': flag('N', '10000', 'open streams of one room', integer(1, 1_000_000)),
  'limit-posts': flag(
    'LIMITS',
    '20+10/s,200/s',
    'messages of a member, and of an address',
    parseMemberAndAddressLimit,
  ),
  'limit-names': flag(
    'LIMITS',
    '10+3/s,60/s',
    'names taken by a member, and by an address',
    parseMemberAndAddressLimit,
  ),
  'limit-rooms': flag('LIMIT', '30/h', 'rooms kept or listed by an address', parseAddressLimit),
  'limit-streams': flag('N,N', '20,100', 'open streams of a session, and of an address', parseStreamLimit),
  'limit-reads': flag(
    'LIMITS',
    '2000+200/s,2000+250/s',
    'reads of an address, and milliseconds of CPU for them',
    parseReadLimit,
  ),
  limits: flag('on|off', 'on', 'off lifts every --limit-…', oneOf(['on', 'off'])),
  'trusted-proxy': flag(
    'ADDRESSES',
    '',
    'proxies to trust: addresses, loopback, private',
    parseAddressRanges,
  ),
  data: flag(
    'FOLDER',
    '',
    'folder for lasting data; created if named, else ./snug-data if it exists',
    parseDataFolder,
  ),
  'max-data': flag(
    'SIZE',
    '10g',
    'kept rooms of the data folder take no more than this; off: what the disk has',
    size(1024 ** 2),
  ),
  'accept-clock': {
    ...flag(
      'on|off',
      'off',
      'lets messages expire although the clock is days ahead of the last run',
      oneOf(['on', 'off']),
    ),
    isSwitch: true as const,
  },
  redis: {
    ...flag('URL', '', 'joins many processes into one chat and stores its kept rooms', parseRedisUrl),
    secret: true,
  },
  'redis-ca': flag('FILE', '', 'certificates to trust for rediss://', parseRedisCa),
  'redis-prefix': flag('TEXT', 'snug:', 'prefix of every key and channel in Redis', parseRedisPrefix),
  'session-keys': {
    ...flag(
      'NEW[,OLD]',
      '',
      'sign sessions; better set by the variable: others can see flags',
      parseSessionKeys,
    ),
    secret: true,
  },
  'embed-origins': flag('ORIGINS', '*', 'pages that may embed rooms; none for no page', parseEmbedOrigins),
  'embed-secret': {
    ...flag(
      'TEXT',
      '',
      'lets pages that embed rooms name their users; better set by the variable',
      parseEmbedSecret,
    ),
    secret: true,
  },
  'log-level': flag('LEVEL', 'warn', `${LOG_LEVELS.join(', ')}; to standard error`, oneOf(LOG_LEVELS)),
} as const

/** The parsed value of each flag. */
export type FlagValues = { [Name in keyof typeof FLAGS]: ReturnType<(typeof FLAGS)[Name]['parse']> }

export function helpText(version: string): string {
  const rows = Object.entries(FLAGS).map(([name, { placeholder, default: fallback, help }]) => {
    const left = `  --${name} ${placeholder}`.padEnd(27)
    return `${left} ${help}${fallback === '' ? '' : ` (${fallback})`}`
  })
  return [
    `Snug ${version}: a chat server. Run it, share a link.`,
    '',
    ...usage(),
    '',
    ...rows,
    '  --help, --version, --licenses',
    '',
    'Each flag has an environment variable: --base-url is SNUG_BASE_URL.',
    'A TIME is a number with ms, s, m or h.',
    'A LIMIT of 20+10/s is 20 at once, then 10 a second; 30/h is 30 at once and per hour; off lifts it.',
  ].join('\n')
}

export function environmentVariableOf(flagName: string): string {
  return `SNUG_${flagName.toUpperCase().replaceAll('-', '_')}`
}
