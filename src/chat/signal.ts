import type { Settings } from './kept-room.ts'
import type { Seat } from './member.ts'
import type { Name } from './names/name.ts'

/** Who came to a room, who went, and who is called otherwise now. */
export interface PresenceChange {
  readonly joined: readonly Seat[]
  readonly left: readonly Seat[]
  readonly renamed: readonly Renaming[]
}

export interface Renaming extends Seat {
  readonly before: Name
}

/** How many members are here, and what changed in it. */
export interface PresenceUpdate extends PresenceChange {
  readonly kind: 'here'
  readonly count: number
  /** How many more came and went than are named: they are too many. */
  readonly more: { readonly joined: number; readonly left: number }
}

/** Somebody is writing. */
export interface Typing extends Seat {
  readonly kind: 'typing'
}

/** What the room keeps from now on. */
export interface SettingsChanged {
  readonly kind: 'settings'
  readonly settings: Settings
  /** Whether it was a vanishing room before. */
  readonly made: boolean
}

/** The room was deleted. */
export interface RoomClosed {
  readonly kind: 'closed'
}

/** This process can reach no other, nor what is kept: nothing comes and nothing can be said, until it is over. */
export interface Outage {
  readonly kind: 'outage'
  readonly over: boolean
}

/** What a room's readers are told and nobody later. */
export type ReaderSignal = PresenceUpdate | Typing | SettingsChanged | Outage

/** What is no event: it has no id. */
export type Signal = ReaderSignal | RoomClosed

/** A signal that goes over the bus: each process notices outages by itself. */
export type BusSignal = Exclude<Signal, Outage>
