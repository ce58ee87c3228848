import type { Author, EventId, Posted, RoomEvent } from '../event.ts'
import type { Member } from '../member.ts'
import type { Draft } from '../message.ts'
import type { Slug } from '../room.ts'
import type { BusSignal, Signal } from '../signal.ts'
import type { Undo } from './clock.ts'

/** The current position of a room. Events up to `id` that have not arrived are lost, as is all of an earlier epoch. */
export interface StreamPosition {
  readonly kind: 'position'
  readonly id: EventId
}

/** A message to a listener. */
export type BusMessage = RoomEvent | Signal | StreamPosition

/** Carries events and signals between processes, and numbers the events of vanishing rooms. */
export interface Bus {
  /**
   * Numbers a message of a vanishing room and publishes it to every listener, in the order of the ids.
   * A repeat with the same key of the same member publishes nothing.
   * @returns the message; for a repeat the first one, perhaps with the current name of its author
   * @throws Refusal `invalid` if the key was used for another text; `busy` if the bus is away or the room is a kept one
   */
  post(room: Slug, member: Member, author: Author, draft: Draft): Promise<Posted>
  /** Publishes an event of a kept room. The event is already stored and numbered. */
  publish(event: RoomEvent): Promise<void>
  /** Sends a signal to every listener. */
  signal(room: Slug, signal: BusSignal): Promise<void>
  /** The id of the room's newest event, or `<now>.0` if the room has no event. Creates nothing. */
  top(room: Slug): Promise<EventId>
  /** Listens to a room. A bus that can lose messages sends its listeners a `StreamPosition` when it has lost some. */
  listen(room: Slug, listener: (message: BusMessage) => void): Promise<Undo>
}
