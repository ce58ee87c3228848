import { parseUrl } from './bounded-text.ts'
import { Refusal } from './refusal.ts'

/**
 * Origins of pages that may embed a room, in the syntax of CSP's `frame-ancestors`: `https://example.org`,
 * `https://*.example.org`, or `*` for all. An empty list allows none.
 */
export type Origins = readonly string[]

/** The embedding settings of a kept room, chosen by its owner. */
export interface Embedding {
  /** The origins that may embed the room, among those that the operator allows. Undefined: all of those. */
  readonly origins: Origins | undefined
  /** The secret that host pages sign the names of their users with. Signed names are verified in the room. */
  readonly secret: string | undefined
}

export const DEFAULT_EMBEDDING: Embedding = { origins: undefined, secret: undefined }

export const ALL_ORIGINS: Origins = ['*']

/** More origins would make a response header that proxies refuse. */
export const ORIGINS_MAX = 32

/** A host-source of CSP Level 3 §2.3.1, with scheme and without path: a host, or all hosts below it, and a port. */
const ORIGIN = /^(https?:\/\/)(\*\.)?([^/*?#@\\]+)$/i

/**
 * Parses a list of origins.
 * @param text origins separated by blanks or commas; or `*` or `none` alone
 * @returns normalised origins, each once
 * @throws Refusal `invalid`
 */
export function parseOrigins(text: string): Origins {
  const entries = text.split(/[\s,]+/).filter((entry) => entry !== '')
  if (entries.length === 1 && entries[0] === 'none') return []
  if (entries.length === 1 && entries[0] === '*') return ALL_ORIGINS
  if (entries.length === 0 || entries.length > ORIGINS_MAX)
    throw invalidOrigins(`1 to ${ORIGINS_MAX} origins, * or none`)
  return [...new Set(entries.map(parseOrigin))]
}

/** Formats origins in the syntax that `parseOrigins` reads. */
export function formatOrigins(origins: Origins): string {
  return origins.length === 0 ? 'none' : origins.join(' ')
}

function parseOrigin(entry: string): string {
  const [, scheme = '', wildcard = '', host = ''] = ORIGIN.exec(entry) ?? []
  const url = parseUrl(scheme + host)
  // These characters have a meaning of their own in a policy.
  if (url?.pathname !== '/' || /[;,'"\s]/.test(url.host))
    throw invalidOrigins('like https://example.org or https://*.example.org, without a path', entry)
  return `${url.protocol}//${wildcard}${url.host}`
}

function invalidOrigins(expected: string, entry?: string): Refusal {
  const actual = entry === undefined ? '' : `, not “${entry.slice(0, 80)}”`
  return new Refusal('invalid', `The pages that may show the room must be ${expected}${actual}.`)
}
