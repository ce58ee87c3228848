import type { Author, EventId, Posted, RoomEvent } from '../event.ts'
import type { Member } from '../member.ts'
import type { Draft } from '../message.ts'
import type { Slug } from '../room.ts'
import type { BusSignal, Signal } from '../signal.ts'
import type { Undo } from './clock.ts'

/** Where a room stands: an event that has not come by then is lost on the way, and so is all of an earlier epoch. */
export interface StreamPosition {
  readonly kind: 'position'
  readonly id: EventId
}

/** What a listener hears. */
export type BusMessage = RoomEvent | Signal | StreamPosition

/** Carries events and signals between processes, and gives a vanishing room's events their ids. */
export interface Bus {
  /**
   * Numbers a message of a vanishing room and carries it to every listener, in the order of the ids.
   * The same key of the same member gives the first message again, its author maybe as called now, and carries nothing.
   * @throws Refusal `invalid` when that key stood for another text; `busy` where the bus is away, or the room a kept one
   */
  post(room: Slug, member: Member, author: Author, draft: Draft): Promise<Posted>
  /** Carries an event of a kept room, which is stored already and has its id. */
  publish(event: RoomEvent): Promise<void>
  /** Carries a signal to every listener. */
  signal(room: Slug, signal: BusSignal): Promise<void>
  /** The id of the room's newest event; `<now>.0` where there is none. Creates nothing. */
  top(room: Slug): Promise<EventId>
  /** A bus that can lose what it carries tells a listener where the room stands when it has. */
  listen(room: Slug, listener: (heard: BusMessage) => void): Promise<Undo>
}
