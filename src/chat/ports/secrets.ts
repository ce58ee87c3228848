/** Randomness and keyed digests. All texts have only letters, digits, `-` and `_`. Tests use their own. */
export interface Secrets {
  /** Rises when the keys change: what was verified or digested before must not be cached any longer. */
  readonly generation: number
  /** Public ids of the active keys, that of the signing key first. They reveal nothing about the keys. */
  readonly keyIds: readonly string[]
  /** A random number from 0 up to, but not including, 1. */
  random(): number
  /** A random text that nobody can guess. */
  token(): string
  /** A keyed digest of the parts. It stays the same while its key is active, even after a newer key began to sign. */
  digest(purpose: string, ...parts: string[]): string
  /** A signature of the parts by the newest key. */
  sign(purpose: string, ...parts: string[]): string
  /** Whether `claimed` is a signature or digest of the parts by any active key. Compares in constant time. */
  verify(claimed: string, purpose: string, ...parts: string[]): boolean
  /** Whether `claimed` is a signature of the parts by the newest key. */
  verifyWithNewestKey(claimed: string, purpose: string, ...parts: string[]): boolean
  /** The SHA-256 of a secret that nobody can guess. It is unkeyed, so it survives the rotation of keys. */
  hash(secret: string): string
  /** Encrypts a text with the newest key, each time to a different result. */
  seal(purpose: string, text: string): string
  /** Decrypts a text that was sealed for this purpose with any active key; undefined for anything else. */
  unseal(purpose: string, sealed: string): string | undefined
}
