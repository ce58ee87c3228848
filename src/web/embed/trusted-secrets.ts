import type { Secrets } from '../../chat/ports/secrets.ts'
import type { Store } from '../../chat/ports/store.ts'
import type { Slug } from '../../chat/room.ts'

const FINGERPRINT_CHARACTERS = 22

/** Reads the secrets that may vouch for names in a room at present: the room's own, and the server's. */
export type ReadTrustedSecrets = (room: Slug) => Promise<readonly string[]>

/**
 * Makes the reader for a server.
 * @param embedSecret the secret that `--embed-secret` sets for all rooms; undefined without one
 */
export function trustedSecretsReader(
  store: Pick<Store, 'readEmbedding'>,
  embedSecret: string | undefined,
): ReadTrustedSecrets {
  return async (room) => {
    const { secret } = await store.readEmbedding(room)
    return [secret, embedSecret].filter((candidate) => candidate !== undefined)
  }
}

/** Whether the secret with this fingerprint may still vouch for names in the room. */
export type IsTrusted = (room: Slug, fingerprint: string) => Promise<boolean>

/** As `trustedSecretsReader`. Asks the store only if the server's own secret has another fingerprint. */
export function trustChecker(
  secrets: Pick<Secrets, 'hash'>,
  store: Pick<Store, 'readEmbedding'>,
  embedSecret: string | undefined,
): IsTrusted {
  const own = embedSecret === undefined ? undefined : fingerprint(secrets, embedSecret)
  return async (room, vouchedBy) => {
    if (vouchedBy === own) return true
    const { secret } = await store.readEmbedding(room)
    return secret !== undefined && fingerprint(secrets, secret) === vouchedBy
  }
}

/** Identifies an embed secret without revealing it: 128 bits of its digest in base64url. */
export function fingerprint(secrets: Pick<Secrets, 'hash'>, secret: string): string {
  return secrets.hash(`voucher\n${secret}`).slice(0, FINGERPRINT_CHARACTERS)
}
