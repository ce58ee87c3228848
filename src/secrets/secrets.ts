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

/** 60 bits: no two servers on one host have the same id by chance. */
const KEY_ID_CHARACTERS = 10

/** Sizes of a nonce and a tag of AES-GCM in bytes, NIST SP 800-38D. */
const NONCE_BYTES = 12
const TAG_BYTES = 16

/** Secrets whose keys can be replaced while they are in use. */
export interface RenewableSecrets extends Secrets {
  useKeys(keys: SessionKeys): void
}

/** Secrets under these keys. */
export function createSecrets(keys: SessionKeys): RenewableSecrets {
  let generation = 0
  let active = activate(keys)
  return {
    useKeys: (others) => {
      active = activate(others)
      generation++
    },
    get generation() {
      return generation
    },
    get keyIds() {
      return active.keyIds
    },
    random: Math.random,
    token: createTokenSource(),
    // By the former key while it is active, so that names and tags survive a rotation.
    digest: (...parts) => (active.former ?? active.current)(parts),
    sign: (...parts) => active.current(parts),
    hash: (secret) => createHash('sha256').update(secret).digest('base64url'),
    verifyWithNewestKey: (claimed, ...parts) => isDigest(claimed, active.current, parts),
    verify: (claimed, ...parts) => active.accepted.some((digester) => isDigest(claimed, digester, parts)),
    seal: (purpose, text) => seal(deriveSealingKey(active.keys.current, purpose), text),
    unseal: (purpose, sealed) => {
      const { current, former, next } = active.keys
      for (const key of [current, former, next]) {
        const text = key === undefined ? undefined : unseal(deriveSealingKey(key, purpose), sealed)
        if (text !== undefined) return text
      }
      return undefined
    },
  }
}

function activate(keys: SessionKeys) {
  const current = createDigester(keys.current)
  const former = keys.former === undefined ? undefined : createDigester(keys.former)
  const next = keys.next === undefined ? undefined : createDigester(keys.next)
  const accepted = [current, former, next].filter((digester) => digester !== undefined)
  return {
    keys,
    current,
    former,
    accepted,
    keyIds: accepted.map((digester) => digester(['key id']).slice(0, KEY_ID_CHARACTERS)),
  }
}

function isDigest(claimed: string, digest: Digester, parts: readonly string[]): boolean {
  const claimedBytes = Buffer.from(claimed)
  const actualBytes = Buffer.from(digest(parts))
  return claimedBytes.length === actualBytes.length && timingSafeEqual(claimedBytes, actualBytes)
}

/** Secrets under keys that exist in memory only: sessions end with the process. */
export function createMemorySecrets(): Secrets {
  return createSecrets(generateSessionKeys())
}

type Digester = (parts: readonly string[]) => string

function createDigester(key: string): Digester {
  const sign = hmacSha256(key)
  return (parts) => sign(encodeParts(parts)).slice(0, DIGEST_CHARACTERS)
}

/** Text that JSON writes unchanged. */
const NEEDS_NO_ESCAPING = /^[\w.:~ -]*$/

// JSON of the parts. Most parts need no escaping, and joining those is faster than calling JSON.stringify.
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

// Layout: nonce, tag, ciphertext.
function seal(key: Buffer, text: string): string {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  const ciphertext = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), ciphertext]).toString('base64url')
}

function unseal(key: Buffer, sealed: string): string | undefined {
  const bytes = Buffer.from(sealed, 'base64url')
  const [tagStart, ciphertextStart] = [NONCE_BYTES, NONCE_BYTES + TAG_BYTES]
  if (bytes.length < ciphertextStart) return undefined
  const options = { authTagLength: TAG_BYTES }
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, tagStart), options)
  decipher.setAuthTag(bytes.subarray(tagStart, ciphertextStart))
  try {
    return decipher.update(bytes.subarray(ciphertextStart), undefined, 'utf8') + decipher.final('utf8')
  } catch {
    return undefined
  }
}
