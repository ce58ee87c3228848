import type { Name } from './names/name.ts'
import type { Slug } from './room.ts'

declare const memberBrand: unique symbol

/** The id of a session's member. It is never shown to others. */
export type MemberId = string & { readonly [memberBrand]: true }

/** A person or bot with a session. */
export interface Member {
  readonly id: MemberId
  /** The names that this browser took before, by room. Each is taken again if it is free. */
  readonly preferredNames?: ReadonlyMap<Slug, Name>
  /** The name that an API client gives itself in a request. It acts under this name or not at all. */
  readonly declaredName?: Name
  /** How often this session left a room, from 0. Leaving changes the tag, so a member who left can't be recognised. */
  readonly tagVersion: number
  /** Present if somebody vouches for the preferred name: the room's owner, or the page that embeds the room. */
  readonly verified?: true
  /** The fingerprint of the embed secret that vouches for the name. Its removal or replacement ends the trust. */
  readonly vouchedBy?: string
  /** Present if the member takes no other name by itself, and takes its preferred one back as soon as it is free. */
  readonly hasFixedName?: true
}

/** A member as others see it in one room. `tag` identifies the member there under any name, and nowhere else. */
export interface Seat {
  readonly name: Name
  readonly tag: string
}

/** Brands a member id. Trusted: the value was made by the server, or verified with the session keys. */
export function memberId(value: string): MemberId {
  return value as MemberId
}
