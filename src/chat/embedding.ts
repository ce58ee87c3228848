import { Refusal } from './refusal.ts'

/**
 * The pages that may show a room within them, as CSP's `frame-ancestors` names them: `https://example.org`,
 * `https://*.example.org`, or `*` for all; none where it is empty.
 */
export type Origins = readonly string[]

/** What the owner of a kept room decides of other sites' pages. */
export interface Embedding {
  /** The pages that may show the room, of those that the operator lets; undefined: all of these. */
  readonly origins: Origins | undefined
  /** Makes names in the room verified, for pages that know it. */
  readonly secret: string | undefined
}

export const DEFAULT_EMBEDDING: Embedding = { origins: undefined, secret: undefined }

export const ALL_ORIGINS: Origins = ['*']

/** More would make headers that proxies refuse. */
export const ORIGINS_MAX = 32

/** CSP Level 3 §2.3.1, without paths: a host, or all below it, and a port. */
const ORIGIN = /^(https?:\/\/)(\*\.)?([^/*?#@\\]+)$/i

/**
 * @param text origins with blanks or commas between them; `*` or `none` alone
 * @throws Refusal `invalid`
 */
export function parseOrigins(text: string): Origins {
  const words = text.split(/[\s,]+/).filter((word) => word !== '')
  if (words.length === 1 && words[0] === 'none') return []
  if (words.length === 1 && words[0] === '*') return ALL_ORIGINS
  if (words.length === 0 || words.length > ORIGINS_MAX)
    throw invalidOrigins(`1 to ${ORIGINS_MAX} origins, * or none`)
  return [...new Set(words.map(parseOrigin))]
}

/** As it is typed. */
export function formatOrigins(origins: Origins): string {
  return origins.length === 0 ? 'none' : origins.join(' ')
}

function parseOrigin(word: string): string {
  const [, scheme = '', wildcard = '', host = ''] = ORIGIN.exec(word) ?? []
  const url = URL.parse(scheme + host)
  // What has a meaning of its own in a policy can't stand in a host.
  if (url?.pathname !== '/' || /[;,'"\s]/.test(url.host))
    throw invalidOrigins('like https://example.org or https://*.example.org, without a path', word)
  return `${url.protocol}//${wildcard}${url.host}`
}

function invalidOrigins(what: string, word?: string): Refusal {
  const shown = word === undefined ? '' : `, not “${word.slice(0, 80)}”`
  return new Refusal('invalid', `The pages that may show the room must be ${what}${shown}.`)
}
