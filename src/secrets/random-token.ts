import { randomFillSync } from 'node:crypto'

/** 120 bits: nobody guesses them. */
const TOKEN_BYTES = 15

/** Asking the system for a few bytes takes as long as asking for many. */
const TOKENS_AT_ONCE = 256

/** Unguessable letters, digits, `-` and `_`, from randomness that is fetched for many at once and used once. */
export function createTokenSource(): () => string {
  const pool = Buffer.alloc(TOKEN_BYTES * TOKENS_AT_ONCE)
  let used = pool.length
  return () => {
    if (used === pool.length) {
      randomFillSync(pool)
      used = 0
    }
    const bytes = pool.subarray(used, used + TOKEN_BYTES)
    used += TOKEN_BYTES
    const token = bytes.toString('base64url')
    bytes.fill(0)
    return token
  }
}
