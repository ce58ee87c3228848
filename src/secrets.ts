import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Secrets } from './chat/ports.ts'

const DIGEST_CHARACTERS = 24

/** Secrets that live in memory alone: with the process go its sessions. */
export function memorySecrets(key: Buffer = randomBytes(32)): Secrets {
  const digest = (purpose: string, ...parts: string[]) =>
    createHmac('sha256', key)
      .update(JSON.stringify([purpose, ...parts]))
      .digest('base64url')
      .slice(0, DIGEST_CHARACTERS)
  return {
    random: Math.random,
    token: () => randomBytes(15).toString('base64url'),
    digest,
    proves: (claimed, purpose, ...parts) => {
      const claim = Buffer.from(claimed)
      const actual = Buffer.from(digest(purpose, ...parts))
      return claim.length === actual.length && timingSafeEqual(claim, actual)
    },
  }
}
