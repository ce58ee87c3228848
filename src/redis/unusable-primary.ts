/** A server that sentinels named can't be used. The cause says why. */
export class UnusablePrimary extends Error {
  readonly address: string
  readonly primary: string

  /** @param address its host and port */
  constructor(address: string, primary: string, options: { readonly cause: unknown }) {
    super(`The primary ${address} can’t be used`, options)
    this.address = address
    this.primary = primary
  }
}
