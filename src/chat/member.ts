declare const memberBrand: unique symbol

/** Who a session belongs to; never shown to others. */
export type MemberId = string & { readonly [memberBrand]: true }

/** A person or bot with a session. */
export interface Member {
  readonly id: MemberId
}

/** Trusted: the value was made or verified by the session's keys. */
export function memberId(value: string): MemberId {
  return value as MemberId
}
