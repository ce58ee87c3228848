import { randomFillSync } from 'node:crypto'

/** 120 bits: too many to guess. */
const TOKEN_BYTES = 15

/** Getting a few random bytes from the system takes as long as getting many. */
const TOKENS_AT_ONCE = 256

/** Makes unguessable tokens of letters, digits, `-` and `_`. Random bytes are fetched for many tokens at once. */
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
