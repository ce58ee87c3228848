declare const addressBrand: unique symbol

/** The client address that rate limits count by: an IPv4 address, the /64 prefix of an IPv6 address, or `unknown`. */
export type Address = string & { readonly [addressBrand]: true }

/** Brands an address. Trusted: the value comes from the socket or from a trusted proxy. */
export function address(value: string): Address {
  return value as Address
}
