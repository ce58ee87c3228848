import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto'
import type { Secrets } from '../chat/ports/secrets.ts'
import { hmacSha256 } from './hmac.ts'
import { createTokenSource } from './random-token.ts'
import { generateSessionKeys, type SessionKeys } from './session-keys.ts'

const DIGEST_CHARACTERS = 24

/** NIST SP 800-38D: what a nonce and a tag of GCM should be, in bytes. */
const NONCE_BYTES = 12
const TAG_BYTES = 16

/** Secrets of these keys. */
export function createSecrets({ current, former }: SessionKeys): Secrets {
  const byCurrent = createDigester(current)
  const byFormer = former === undefined ? undefined : createDigester(former)
  const isDigest = (claimed: string, digest: Digester, parts: readonly string[]) => {
    const claim = Buffer.from(claimed)
    const actual = Buffer.from(digest(parts))
    return claim.length === actual.length && timingSafeEqual(claim, actual)
  }
  return {
    random: Math.random,
    token: createTokenSource(),
    // The older key's as long as it is there: names and tags outlive a rotation.
    digest: (...parts) => (byFormer ?? byCurrent)(parts),
    sign: (...parts) => byCurrent(parts),
    hash: (secret) => createHash('sha256').update(secret).digest('base64url'),
    verifyWithNewestKey: (claimed, ...parts) => isDigest(claimed, byCurrent, parts),
    verify: (claimed, ...parts) =>
      isDigest(claimed, byCurrent, parts) || (byFormer !== undefined && isDigest(claimed, byFormer, parts)),
    seal: (purpose, text) => seal(deriveSealingKey(current, purpose), text),
    unseal: (purpose, sealed) =>
      unseal(deriveSealingKey(current, purpose), sealed) ??
      (former === undefined ? undefined : unseal(deriveSealingKey(former, purpose), sealed)),
  }
}

/** Secrets that live in memory alone: with the process go its sessions. */
export function createMemorySecrets(): Secrets {
  return createSecrets(generateSessionKeys())
}

type Digester = (parts: readonly string[]) => string

function createDigester(key: string): Digester {
  const sign = hmacSha256(key)
  return (parts) => sign(encodeParts(parts)).slice(0, DIGEST_CHARACTERS)
}

/** Nothing in it is written otherwise in JSON. */
const NEEDS_NO_ESCAPING = /^[\w.:~ -]*$/

// What is signed most is plain, and written as JSON sooner than JSON.stringify is called.
function encodeParts(parts: readonly string[]): string {
  let json = ''
  for (const part of parts) {
    if (!NEEDS_NO_ESCAPING.test(part)) return JSON.stringify(parts)
    json += `${json === '' ? '["' : '","'}${part}`
  }
  return `${json}"]`
}

function deriveSealingKey(key: string, purpose: string): Buffer {
  return createHmac('sha256', key)
    .update(JSON.stringify(['seal', purpose]))
    .digest()
}

// The nonce, the tag, and what was encrypted.
function seal(key: Buffer, text: string): string {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url')
}

function unseal(key: Buffer, sealed: string): string | undefined {
  const bytes = Buffer.from(sealed, 'base64url')
  const [tag, body] = [NONCE_BYTES, NONCE_BYTES + TAG_BYTES]
  if (bytes.length < body) return undefined
  const options = { authTagLength: TAG_BYTES }
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, tag), options)
  decipher.setAuthTag(bytes.subarray(tag, body))
  try {
    return decipher.update(bytes.subarray(body), undefined, 'utf8') + decipher.final('utf8')
  } catch {
    return undefined
  }
}
