import type { Name } from './names/name.ts'
import type { Slug } from './room.ts'

declare const memberBrand: unique symbol

/** Who a session belongs to; never shown to others. */
export type MemberId = string & { readonly [memberBrand]: true }

/** A person or bot with a session. */
export interface Member {
  readonly id: MemberId
  /** The names that this browser took before, by room: taken again where they are free. */
  readonly preferredNames?: ReadonlyMap<Slug, Name>
  /** What a program says that it is called: under another name it does nothing. */
  readonly declaredName?: Name
  /** How often this session left a room, from 0: who left is marked anew, and can't be recognised. */
  readonly tagVersion: number
  /** Somebody answers for the name that it wishes for: the room's owner, or the page that brought it. */
  readonly verified?: true
  /** It takes no other name by itself, and has that one again as soon as it is free. */
  readonly hasFixedName?: true
}

/** How others see a member in one room. `tag` marks the member there, whatever the name, and says nothing beyond it. */
export interface Seat {
  readonly name: Name
  readonly tag: string
}

/** Trusted: the value was made or verified by the session's keys. */
export function memberId(value: string): MemberId {
  return value as MemberId
}
