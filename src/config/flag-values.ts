import { isIPv6 } from 'node:net'
import { type Origins, parseOrigins } from '../chat/embedding.ts'
import { Refusal } from '../chat/refusal.ts'
import {
  KEY_MAX_CHARACTERS,
  KEY_MIN_CHARACTERS,
  parseKeys,
  type SessionKeys,
} from '../secrets/session-keys.ts'

/** A value is invalid. The message continues “--flag must be …”. */
export class InvalidValue extends Error {}

export function integer(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (!/^\d{1,15}$/.test(text) || value < min || value > max)
      throw new InvalidValue(`a whole number from ${min} to ${max}`)
    return value
  }
}

export function duration(min: number, max = 86_400_000): (text: string) => number {
  const units = new Map([
    ['ms', 1],
    ['s', 1000],
    ['m', 60_000],
    ['h', 3_600_000],
  ])
  return (text) => {
    const [, digits, unit] = /^(\d{1,9})(ms|s|m|h)$/.exec(text === '0' ? '0s' : text) ?? []
    const value = Number(digits) * (units.get(unit ?? '') ?? Number.NaN)
    if (Number.isNaN(value)) throw new InvalidValue('a number with ms, s, m or h, such as 90s')
    if (value < min || value > max) throw new InvalidValue(`from ${min / 1000}s to ${max / 1000}s`)
    return value
  }
}

const SIZE_UNITS = new Map([
  ['', 1],
  ['k', 1024],
  ['m', 1024 ** 2],
  ['g', 1024 ** 3],
  ['t', 1024 ** 4],
])

/** A number of bytes such as 500m, 10g or 1 TiB, a thousand being 1,024; `off` is undefined. */
export function size(min: number): (text: string) => number | undefined {
  return (text) => {
    if (text === 'off') return undefined
    const [, digits, unit] = /^(\d{1,9}) ?([kmgt]?)(?:i?b)?$/.exec(text.toLowerCase()) ?? []
    const value = Number(digits) * (SIZE_UNITS.get(unit ?? '') ?? Number.NaN)
    if (Number.isNaN(value)) throw new InvalidValue('a number with k, m, g or t, such as 10g, or off')
    if (value < min) throw new InvalidValue(`${min / 1024 ** 2}m at least`)
    return value
  }
}

export function oneOf<const Choice extends string>(choices: readonly Choice[]): (text: string) => Choice {
  return (text) => {
    const choice = choices.find((candidate) => candidate === text)
    if (choice === undefined) throw new InvalidValue(`one of ${choices.join(', ')}`)
    return choice
  }
}

/** The folder for data that must last. A named folder is created; the default one is used only if it exists. */
export interface DataFolderSetting {
  readonly path: string
  readonly createIfMissing: boolean
}

export function parseDataFolder(text: string): DataFolderSetting {
  return text === '' ? { path: 'snug-data', createIfMissing: false } : { path: text, createIfMissing: true }
}

export function parseSessionKeys(text: string): SessionKeys | undefined {
  if (text === '') return undefined
  const keys = parseKeys(text.split(','))
  if (keys) return keys
  throw new InvalidValue(
    `a key or two different ones, NEW,OLD, of ${KEY_MIN_CHARACTERS} to ${KEY_MAX_CHARACTERS} characters each`,
  )
}

/** Parses a host name or an IP address to listen on. An IPv6 address may be in brackets, as in a URL. */
export function parseHost(text: string): string {
  const host = text.trim()
  const [, inBrackets] = /^\[([^\]]*)\]$/.exec(host) ?? []
  if (inBrackets !== undefined ? isIPv6(inBrackets) : isIPv6(host)) return inBrackets ?? host
  if (host === '') throw new InvalidValue('an address')
  if (/[\s/:[\]]/.test(host)) throw new InvalidValue('an address without http:// and without a port')
  return host
}

export function parseBaseUrl(text: string): string | undefined {
  if (text === '') return undefined
  const url = URL.parse(text)
  if (
    !url ||
    !/^https?:$/.test(url.protocol) ||
    url.pathname !== '/' ||
    url.search ||
    url.hash ||
    url.username ||
    url.password
  ) {
    throw new InvalidValue('an http or https address without a path')
  }
  return url.origin
}

export function parseEmbedOrigins(text: string): Origins {
  try {
    return parseOrigins(text)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    throw new InvalidValue('origins like https://example.org or https://*.example.org, * or none')
  }
}

/** RFC 7518 §3.2: a key for HS256 must be at least as long as the hash, 256 bits. */
const EMBED_SECRET_MIN_BYTES = 32

export function parseEmbedSecret(text: string): string | undefined {
  if (text === '') return undefined
  if (Buffer.byteLength(text) < EMBED_SECRET_MIN_BYTES)
    throw new InvalidValue(`${EMBED_SECRET_MIN_BYTES} bytes at least`)
  return text
}
