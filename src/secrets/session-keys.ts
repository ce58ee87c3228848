import { randomBytes } from 'node:crypto'

/** What sessions are signed with: the current key signs, the former one still opens what it signed. */
export interface SessionKeys {
  readonly current: string
  readonly former: string | undefined
}

export const KEY_MIN_CHARACTERS = 32
export const KEY_MAX_CHARACTERS = 256

// A comma parts two keys in a flag, and a # begins a remark in the file.
const KEY_PATTERN = new RegExp(`^(?!#)[^,\\p{Cc}]{${KEY_MIN_CHARACTERS},${KEY_MAX_CHARACTERS}}$`, 'u')

export function generateSessionKeys(): SessionKeys {
  return { current: generateKey(), former: undefined }
}

/** A new key signs from now on; the current one becomes the former, and the former is no longer known. */
export function rotateSessionKeys({ current }: SessionKeys): SessionKeys {
  return { current: generateKey(), former: current }
}

/** One key or two, the current one first; undefined for anything else. */
export function parseKeys(texts: readonly string[]): SessionKeys | undefined {
  const [current, former, ...more] = texts.map((text) => text.trim())
  if (current === undefined || more.length > 0 || current === former) return undefined
  if (!KEY_PATTERN.test(current) || (former !== undefined && !KEY_PATTERN.test(former))) return undefined
  return { current, former }
}

// 256 bits, as long as what HMAC-SHA-256 makes of them.
function generateKey(): string {
  return randomBytes(32).toString('base64url')
}
