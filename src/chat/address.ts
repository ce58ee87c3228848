declare const addressBrand: unique symbol

/** Where a request comes from, as limits count it: an IPv4 address, the /64 of an IPv6 one, or `unknown`. */
export type Address = string & { readonly [addressBrand]: true }

/** Trusted: the value was made from what the socket, or a trusted proxy, says. */
export function address(value: string): Address {
  return value as Address
}
