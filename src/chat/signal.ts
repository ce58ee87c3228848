import type { Settings } from './kept-room.ts'
import type { Seat } from './member.ts'
import type { Name } from './names/name.ts'

/** The members who joined a room, left it or were renamed. */
export interface PresenceChange {
  readonly joined: readonly Seat[]
  readonly left: readonly Seat[]
  readonly renamed: readonly Renaming[]
}

export interface Renaming extends Seat {
  readonly before: Name
}

/** How many members are here, and the changes since the last update. */
export interface PresenceUpdate extends PresenceChange {
  readonly kind: 'here'
  readonly count: number
  /** How many more members joined and left than are named, where there are too many to name. */
  readonly more: { readonly joined: number; readonly left: number }
}

/** A member is typing. */
export interface Typing extends Seat {
  readonly kind: 'typing'
}

/** The room has new settings. */
export interface SettingsChanged {
  readonly kind: 'settings'
  readonly settings: Settings
  /** Whether the room was a vanishing one before. */
  readonly made: boolean
}

/** The room was deleted. */
export interface RoomClosed {
  readonly kind: 'closed'
}

/** This process can reach neither the others nor the store. Until it is over, no events arrive and posts fail. */
export interface Outage {
  readonly kind: 'outage'
  readonly over: boolean
}

/** A signal for the current readers of a room. It is never replayed. */
export type ReaderSignal = PresenceUpdate | Typing | SettingsChanged | Outage

/** A signal of any kind. It is not an event and has no id. */
export type Signal = ReaderSignal | RoomClosed

/** A signal that travels over the bus. An outage does not: each process notices it by itself. */
export type BusSignal = Exclude<Signal, Outage>
