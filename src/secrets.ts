import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Secrets } from './chat/ports.ts'
import { freshKeys, type SessionKeys } from './data/session-keys.ts'

const DIGEST_CHARACTERS = 24

/** Secrets of these keys. */
export function keyedSecrets({ current, former }: SessionKeys): Secrets {
  const isDigest = (claimed: string, key: string, parts: readonly string[]) => {
    const claim = Buffer.from(claimed)
    const actual = Buffer.from(hmac(key, parts))
    return claim.length === actual.length && timingSafeEqual(claim, actual)
  }
  return {
    random: Math.random,
    token: () => randomBytes(15).toString('base64url'),
    // The older key's as long as it is there: names and tags outlive a rotation.
    digest: (...parts) => hmac(former ?? current, parts),
    sign: (...parts) => hmac(current, parts),
    imprint: (secret) => createHash('sha256').update(secret).digest('base64url'),
    signedNow: (claimed, ...parts) => isDigest(claimed, current, parts),
    proves: (claimed, ...parts) =>
      isDigest(claimed, current, parts) || (former !== undefined && isDigest(claimed, former, parts)),
  }
}

/** Secrets that live in memory alone: with the process go its sessions. */
export function memorySecrets(): Secrets {
  return keyedSecrets(freshKeys())
}

function hmac(key: string, parts: readonly string[]): string {
  return createHmac('sha256', key)
    .update(JSON.stringify(parts))
    .digest('base64url')
    .slice(0, DIGEST_CHARACTERS)
}
