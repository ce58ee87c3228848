/** Randomness and keyed digests, in letters, digits, `-` and `_`; tests bring their own. */
export interface Secrets {
  /** From 0 up to, not including, 1. */
  random(): number
  /** Unguessable. */
  token(): string
  /** A keyed digest of the parts, the same for as long as its key is active: also while a newer one signs already. */
  digest(purpose: string, ...parts: string[]): string
  /** A proof of the parts by the newest key. */
  sign(purpose: string, ...parts: string[]): string
  /** Whether this is a proof or digest of the parts by any active key, compared in constant time. */
  verify(claimed: string, purpose: string, ...parts: string[]): boolean
  /** Whether this is a proof of the parts by the newest key. */
  verifyWithNewestKey(claimed: string, purpose: string, ...parts: string[]): boolean
  /** The SHA-256 of a secret that nobody can guess, under no key: it is known again whatever keys come and go. */
  hash(secret: string): string
  /** Encrypts a text by the newest key, each time anew. */
  seal(purpose: string, text: string): string
  /** The text that was sealed for this purpose by any active key; undefined for anything else. */
  unseal(purpose: string, sealed: string): string | undefined
}
