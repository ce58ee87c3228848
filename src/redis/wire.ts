import { type EventId, formatId, type Posted, parseCursor, type RoomEvent } from '../chat/event.ts'
import type { Slug } from '../chat/room.ts'
import type { Signal } from '../chat/signal.ts'
import type { TokenId } from '../chat/token.ts'

/** An event without its id and its room. */
export type Unnumbered<Event extends RoomEvent> = Event extends RoomEvent ? Omit<Event, 'id' | 'room'> : never

/** A member took another seat in the room, or none: what a process remembers of it is old. For processes alone. */
export interface Reseated {
  readonly kind: 'seat'
  /** A digest. */
  readonly member: string
}

/** A token of the room is no more. For processes alone. */
export interface Revoked {
  readonly kind: 'token'
  readonly token: TokenId
}

/** What is published on a room's channel: JSON whose first field is the id, if it has one. The channel says the room. */
export function encodeWire(heard: RoomEvent | Signal | Reseated | Revoked): string {
  if (!('id' in heard)) return JSON.stringify(heard)
  const { id, room: _room, ...rest } = heard
  return `{"id":"${formatId(id)}",${encodeRest(rest)}`
}

/** What a script that numbers an event puts after the id, to its end: `'{"id":"' .. id .. '",' .. rest`. */
export function encodeRest(rest: Unnumbered<RoomEvent>): string {
  const message = rest.kind === 'edited' ? { message: plain(rest.message) } : {}
  const of = rest.kind === 'deleted' ? { of: formatId(rest.of) } : {}
  return JSON.stringify({ ...rest, ...message, ...of }).slice(1)
}

/** @returns undefined for what another version of Snug may say */
export function decodeWire(room: Slug, text: string): RoomEvent | Signal | Reseated | Revoked | undefined {
  const wire = JSON.parse(text)
  switch (wire.kind) {
    case 'posted':
      return decodePosted(room, wire)
    case 'edited':
      return { ...head(room, wire), kind: 'edited', message: decodePosted(room, wire.message) }
    case 'deleted':
      return { ...head(room, wire), kind: 'deleted', of: idIn(wire.of) }
    case 'here':
    case 'typing':
    case 'closed':
    case 'seat':
    case 'token':
      return wire
    case 'settings': {
      const { retention, keep, listed } = wire.settings
      return { kind: 'settings', settings: { retention, keep, listed }, made: wire.made }
    }
  }
  return undefined
}

/** A message as it stands in JSON; trusted: only Snug writes it. */
export function decodePosted(room: Slug, wire: Wire): Posted {
  const { author, text, editedAt, kept } = wire as unknown as Posted
  return {
    ...head(room, wire),
    kind: 'posted',
    author,
    text,
    ...(editedAt !== undefined && { editedAt }),
    ...(kept && { kept }),
  }
}

type Wire = Readonly<Record<string, unknown>>

function head(room: Slug, wire: Wire) {
  return { id: idIn(wire.id), room, at: Number(wire.at) }
}

/** An id as it stands in JSON and in what scripts answer. */
export function idIn(text: unknown): EventId {
  const id = parseCursor(String(text))
  if (!id) throw new Error(`${String(text).slice(0, 40)} is no id`)
  return id
}

function plain({ id, room: _room, ...rest }: Posted) {
  return { id: formatId(id), ...rest }
}
