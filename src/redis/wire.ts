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

/** A member took another seat in the room, or none: what a process remembers of it is old. For processes alone. */
export interface SeatChanged {
  readonly kind: 'seat'
  /** A digest. */
  readonly member: string
}

/** A token of the room is no more. For processes alone. */
export interface TokenRevoked {
  readonly kind: 'token'
  readonly token: TokenId
}

/** What is published on a room's channel: JSON whose first field is the id, if it has one. The channel says the room. */
export function encodeWire(heard: RoomEvent | WireSignal): string {
  if (!('id' in heard)) return JSON.stringify(heard)
  const { id, room: _room, ...rest } = heard
  return `{"id":"${formatId(id)}",${encodeUnnumbered(rest)}`
}

/** What a script that numbers an event puts after the id, to its end: `'{"id":"' .. id .. '",' .. rest`. */
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

/** Each kind of signal as it comes: most are the same on the wire. */
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

/** @returns undefined for a kind that another version of Snug knows */
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

/** A message as it stands in JSON; trusted: only Snug writes it. */
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

/** An id as it stands in JSON and in what scripts answer. */
export function readEventId(text: unknown): EventId {
  const id = parseCursor(String(text))
  if (!id) throw new Error(`${String(text).slice(0, 40)} is no id`)
  return id
}

function encodePosted({ id, room: _room, ...rest }: Posted) {
  return { id: formatId(id), ...rest }
}
