import { randomBytes } from 'node:crypto'

/** The keys that sign sessions. The current key signs; what the former key signed stays valid. */
export interface SessionKeys {
  readonly current: string
  readonly former: string | undefined
  /** Accepted already, although nothing is signed with it before all processes know it. */
  readonly next?: string | undefined
}

export const KEY_MIN_CHARACTERS = 32
export const KEY_MAX_CHARACTERS = 256

// A comma separates two keys in the flag, and a # begins a comment in the key file.
const KEY_PATTERN = new RegExp(`^(?!#)[^,\\p{Cc}]{${KEY_MIN_CHARACTERS},${KEY_MAX_CHARACTERS}}$`, 'u')

export function generateSessionKeys(): SessionKeys {
  return { current: generateKey(), former: undefined }
}

/** Makes a new key the current one. The current key becomes the former one, and the former one is dropped. */
export function rotateSessionKeys({ current }: SessionKeys): SessionKeys {
  return { current: generateKey(), former: current }
}

/**
 * Parses one key or two, the current one first.
 * @returns undefined for anything else
 */
export function parseKeys(texts: readonly string[]): SessionKeys | undefined {
  const [current, former, ...more] = texts.map((text) => text.trim())
  if (current === undefined || more.length > 0 || current === former) return undefined
  if (!KEY_PATTERN.test(current) || (former !== undefined && !KEY_PATTERN.test(former))) return undefined
  return { current, former }
}

// 256 bits, as long as an HMAC-SHA-256.
function generateKey(): string {
  return randomBytes(32).toString('base64url')
}
