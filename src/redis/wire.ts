import {
  type EventId,
  type EventKind,
  formatId,
  isEventKind,
  type Posted,
  parseCursor,
  type RoomEvent,
} from '../chat/event.ts'
import type { Slug } from '../chat/room.ts'
import type { BusSignal } from '../chat/signal.ts'
import type { TokenId } from '../chat/token.ts'

/** An event without its id and its room. */
export type Unnumbered<Event extends RoomEvent> = Event extends RoomEvent ? Omit<Event, 'id' | 'room'> : never

/** A member's seat changed or was given back, so that cached copies are stale. Sent to processes, never to readers. */
export interface SeatChanged {
  readonly kind: 'seat'
  /** A hash of the member's id. */
  readonly member: string
}

/** A token of the room was revoked. Sent to processes, never to readers. */
export interface TokenRevoked {
  readonly kind: 'token'
  readonly token: TokenId
}

/** Encodes a message for its room's channel as JSON. The id comes first, if there is one; the room is left out. */
export function encodeWire(message: RoomEvent | WireSignal): string {
  if (!('id' in message)) return JSON.stringify(message)
  const { id, room: _room, ...rest } = message
  return `{"id":"${formatId(id)}",${encodeUnnumbered(rest)}`
}

/** Encodes an event for a script that numbers it and puts the id in front: `'{"id":"' .. id .. '",' .. rest`. */
export function encodeUnnumbered(rest: Unnumbered<RoomEvent>): string {
  return JSON.stringify(plainRest(rest)).slice(1)
}

function plainRest(rest: Unnumbered<RoomEvent>): object {
  switch (rest.kind) {
    case 'posted':
      return rest
    case 'edited':
      return { ...rest, message: encodePosted(rest.message) }
    case 'deleted':
      return { ...rest, of: formatId(rest.of) }
  }
}

type WireSignal = BusSignal | SeatChanged | TokenRevoked

/** Decoders by kind of signal. Most kinds are the same on the wire. */
const SIGNALS: { readonly [Kind in WireSignal['kind']]: (wire: WireOf<Kind>) => WireSignal } = {
  here: (wire) => wire,
  typing: (wire) => wire,
  closed: (wire) => wire,
  seat: (wire) => wire,
  token: (wire) => wire,
  settings: ({ settings: { retention, keep, listed }, made }) => ({
    kind: 'settings',
    settings: { retention, keep, listed },
    made,
  }),
}

type WireOf<Kind extends WireSignal['kind']> = Extract<WireSignal, { readonly kind: Kind }>

/** @returns undefined for a kind that only another version of Snug knows */
export function decodeWire(room: Slug, text: string): RoomEvent | WireSignal | undefined {
  const wire = JSON.parse(text)
  if (isEventKind(wire.kind)) return decodeEvent(room, wire.kind, wire)
  const decode = Object.hasOwn(SIGNALS, wire.kind) ? SIGNALS[wire.kind as WireSignal['kind']] : undefined
  return decode?.(wire as never)
}

function decodeEvent(room: Slug, kind: EventKind, wire: WireFields): RoomEvent {
  switch (kind) {
    case 'posted':
      return decodePosted(room, wire)
    case 'edited':
      return { ...decodeHead(room, wire), kind, message: decodePosted(room, wire.message as WireFields) }
    case 'deleted':
      return { ...decodeHead(room, wire), kind, of: readEventId(wire.of) }
  }
}

/** Decodes a message from JSON, which is trusted because only Snug writes it. */
export function decodePosted(room: Slug, wire: WireFields): Posted {
  const { author, text, editedAt, kept } = wire as unknown as Posted
  return {
    ...decodeHead(room, wire),
    kind: 'posted',
    author,
    text,
    ...(editedAt !== undefined && { editedAt }),
    ...(kept && { kept }),
  }
}

type WireFields = Readonly<Record<string, unknown>>

function decodeHead(room: Slug, wire: WireFields) {
  return { id: readEventId(wire.id), room, at: Number(wire.at) }
}

/** Parses an id from JSON or from the reply of a script. */
export function readEventId(text: unknown): EventId {
  const id = parseCursor(String(text))
  if (!id) throw new Error(`${String(text).slice(0, 40)} is not an event id`)
  return id
}

function encodePosted({ id, room: _room, ...rest }: Posted) {
  return { id: formatId(id), ...rest }
}
