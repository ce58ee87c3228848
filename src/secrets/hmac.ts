import { hash } from 'node:crypto'

/** The block size of SHA-256, FIPS 180-4. */
const BLOCK_BYTES = 64
const DIGEST_BYTES = 32

/**
 * Makes a function that computes HMAC with SHA-256 (RFC 2104) under one key, as base64url.
 *
 * Every page and post signs something, and constructing Node's `Hmac` takes three times as long as hashing the short
 * texts that are signed here. The inner hash takes a string: a new buffer for each text would cost ten times as much,
 * because the garbage collector frees buffers on another thread.
 */
export function hmacSha256(key: string): (text: string) => string {
  const isLong = Buffer.byteLength(key) > BLOCK_BYTES
  const block = Buffer.alloc(BLOCK_BYTES)
  block.set(isLong ? hash('sha256', key, 'buffer') : Buffer.from(key))
  const inner = Buffer.from(block.map((byte) => byte ^ 0x36))
  const outer = Buffer.alloc(BLOCK_BYTES + DIGEST_BYTES)
  outer.set(block.map((byte) => byte ^ 0x5c))
  // If the padded key is ASCII, the inner hash takes a string. Generated keys are ASCII.
  const prefix = inner.every((byte) => byte < 0x80) ? inner.toString('latin1') : undefined
  return (text) => {
    const innerInput = prefix === undefined ? Buffer.concat([inner, Buffer.from(text)]) : prefix + text
    outer.write(hash('sha256', innerInput, 'binary'), BLOCK_BYTES, 'latin1')
    return hash('sha256', outer, 'base64url')
  }
}
