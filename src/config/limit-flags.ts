import type { Allowance, RateLimit, RateLimits, ReadLimit } from '../chat/limits/rate-limit.ts'
import { InvalidValue, integer } from './flag-values.ts'

/** How many streams one session, and one address, may have open. */
export interface StreamLimit {
  readonly session: number
  readonly address: number
}

/** All limits that `--limits off` lifts. */
export interface LimitSettings extends RateLimits {
  readonly stream: StreamLimit
  readonly read: ReadLimit
}

const UNITS = new Map([
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
])

/** The longest window of a limit. Snug limits rates; it has no long-term quotas. */
const WINDOW_MAX_MS = 86_400_000

const COUNT_MAX = 1_000_000

const UNLIMITED: RateLimit = { member: undefined, address: undefined }

/** The limits of `--limits off`. */
export const NO_LIMITS: LimitSettings = {
  post: UNLIMITED,
  name: UNLIMITED,
  room: UNLIMITED,
  stream: { session: Number.POSITIVE_INFINITY, address: Number.POSITIVE_INFINITY },
  read: { requests: undefined, cpu: undefined },
}

/** Parses `20+10/s,200/s`: a limit for one member, and one for an address. */
export function parseMemberAndAddressLimit(text: string): RateLimit {
  const [member, address] = splitLimits(
    text,
    2,
    'a limit for a member and one for an address, such as 20+10/s,200/s',
  )
  return { member: parseAllowance(member), address: parseAllowance(address) }
}

/** Parses `30/h`: a limit for one address. */
export function parseAddressLimit(text: string): RateLimit {
  const [address] = splitLimits(text, 1, 'a limit for an address, such as 30/h')
  return { member: undefined, address: parseAllowance(address) }
}

/** Parses `2000+200/s,2000+250/s`: the requests of an address, and the milliseconds of CPU time that they take. */
export function parseReadLimit(text: string): ReadLimit {
  const [requests, cpu] = splitLimits(
    text,
    2,
    'a limit of requests and one of milliseconds of CPU time, such as 2000+200/s,2000+250/s',
  )
  return { requests: parseAllowance(requests), cpu: parseAllowance(cpu) }
}

/** Parses `20,100`: the streams of one session, and of one address. */
export function parseStreamLimit(text: string): StreamLimit {
  const [session, address] = splitLimits(
    text,
    2,
    'a number for a session and one for an address, such as 20,100',
  )
  return { session: parseStreamCount(session), address: parseStreamCount(address) }
}

function splitLimits(text: string, count: number, expected: string): string[] {
  const parts = text === 'off' ? Array<string>(count).fill('off') : text.split(',')
  if (parts.length !== count) throw new InvalidValue(`${expected}, or off`)
  return parts
}

/** Parses `20+10/s` (20 at once, then 10 a second) or `30/h` (30 at once, and 30 an hour). */
function parseAllowance(text = ''): Allowance | undefined {
  if (text === 'off') return undefined
  const [, atOnce, rate, unit = ''] = /^(?:(\d{1,7})\+)?(\d{1,7})\/([smh])$/.exec(text) ?? []
  const [count, perUnit, unitMs] = [Number(atOnce ?? rate), Number(rate), UNITS.get(unit)]
  if (unitMs === undefined)
    throw new InvalidValue('made of limits such as 20+10/s (20 at once, then 10 a second) or 30/h')
  if (count < 1 || count > COUNT_MAX || perUnit < 1 || perUnit > COUNT_MAX)
    throw new InvalidValue(`made of numbers from 1 to ${COUNT_MAX}`)
  const windowMs = Math.max(1, Math.round((count * unitMs) / perUnit))
  if (windowMs > WINDOW_MAX_MS) throw new InvalidValue('no more at once than the rate allows in a day')
  return { count, windowMs }
}

function parseStreamCount(text = ''): number {
  return text === 'off' ? Number.POSITIVE_INFINITY : integer(1, COUNT_MAX)(text)
}
