import { messageHtml } from '../../views/message-html.ts'
import type { Encoder, Gap } from '../chat/delivery/frames.ts'
import {
  type Deleted,
  type Edited,
  type EventId,
  formatId,
  type Posted,
  type RoomEvent,
} from '../chat/event.ts'
import { formatRetention, type Settings } from '../chat/kept-room.ts'
import type { Seat } from '../chat/member.ts'
import type { PresenceUpdate, SettingsChanged, Typing } from '../chat/signal.ts'
import { sseBlock } from './sse.ts'

/** A message in JSON, as API clients receive it. */
export interface MessageJson {
  readonly id: string
  readonly room: string
  readonly kind: 'posted'
  /** ISO 8601, in UTC. */
  readonly at: string
  readonly author: { readonly name: string; readonly tag: string; readonly verified: boolean }
  readonly text: string
  readonly html: string
  /** The people that it mentions, of those who are here. */
  readonly mentions: readonly Seat[]
  /** When it was last edited; ISO 8601, in UTC. */
  readonly editedAt?: string
}

export function messageJson(event: Posted, mentioned: readonly Seat[]): MessageJson {
  return {
    id: formatId(event.id),
    room: event.room,
    kind: event.kind,
    at: new Date(event.at).toISOString(),
    author: event.author,
    text: event.text,
    html: messageHtml(event),
    mentions: mentioned.map(({ name, tag }) => ({ name, tag })),
    ...(event.editedAt !== undefined && { editedAt: new Date(event.editedAt).toISOString() }),
  }
}

/** How many characters a message takes in JSON, but for its ids, its time and its author. */
export function jsonLength(message: Posted): number {
  return JSON.stringify(message.text).length + JSON.stringify(messageHtml(message)).length
}

/** The settings of a kept room, as API clients receive them. */
export function settingsJson({ retention, keep, listed }: Settings) {
  return { retention: formatRetention(retention), keep: keep ?? null, listed }
}

function eventJson(event: RoomEvent, mentioned: readonly Seat[]): object {
  switch (event.kind) {
    case 'posted':
      return messageJson(event, mentioned)
    case 'edited':
      return { ...headJson(event), message: messageJson(event.message, mentioned) }
    case 'deleted':
      return { ...headJson(event), of: formatId(event.of) }
  }
}

function headJson({ id, room, kind, at }: Edited | Deleted) {
  return { id: formatId(id), room, kind, at: new Date(at).toISOString() }
}

const eventBlock = (event: RoomEvent, mentioned: readonly Seat[] = []) =>
  sseBlock({
    ...(event.kind !== 'posted' && { event: event.kind }),
    id: formatId(event.id),
    data: JSON.stringify(eventJson(event, mentioned)),
  })
const ndjsonLine = (event: RoomEvent, mentioned: readonly Seat[] = []) =>
  `${JSON.stringify(eventJson(event, mentioned))}\n`
const signalJson = (kind: string, fields: object = {}) => JSON.stringify({ kind, ...fields })
const hereJson = ({ kind, ...rest }: PresenceUpdate) => signalJson(kind, rest)
const typingJson = ({ kind, ...seat }: Typing) => signalJson(kind, seat)
const settingsSignalJson = ({ settings }: SettingsChanged) => signalJson('settings', settingsJson(settings))
const cursorJson = (cursor: EventId) => ({ cursor: formatId(cursor) })
// `afresh`: the messages that follow replace all earlier ones.
const gapJson = ({ id, missed, reset }: Gap) => ({
  ...cursorJson(id),
  missed: missed ?? null,
  ...(reset && { afresh: true }),
})

/** SSE with JSON data, for API clients with EventSource. */
export const json: Encoder = {
  contentType: 'text/event-stream',
  opening: (cursor, retryMs) =>
    sseBlock({
      event: 'open',
      id: formatId(cursor),
      retry: retryMs,
      data: signalJson('open', cursorJson(cursor)),
    }),
  posted: (posted, _grouped, mentioned) => eventBlock(posted, mentioned),
  edited: eventBlock,
  deleted: (deleted) => eventBlock(deleted),
  gap: (gap) =>
    sseBlock({
      event: 'gap',
      id: formatId(gap.id),
      data: signalJson('gap', gapJson(gap)),
    }),
  here: (signal) => sseBlock({ event: 'here', data: hereJson(signal) }),
  typing: (signal) => sseBlock({ event: 'typing', data: typingJson(signal) }),
  outage: ({ over }) => sseBlock({ event: 'outage', data: signalJson('outage', { over }) }),
  settings: (signal) => sseBlock({ event: 'settings', data: settingsSignalJson(signal) }),
  alert: () => '',
  heartbeat: () => sseBlock({ event: 'beat', data: '' }),
  ending: (ending, retryMs) =>
    sseBlock({ event: ending, retry: retryMs, data: signalJson(ending, { retry: retryMs }) }),
}

/** The same data as one JSON object per line. */
export const ndjson: Encoder = {
  contentType: 'application/x-ndjson',
  opening: (cursor) => `${signalJson('open', cursorJson(cursor))}\n`,
  posted: (posted, _grouped, mentioned) => ndjsonLine(posted, mentioned),
  edited: ndjsonLine,
  deleted: (deleted) => ndjsonLine(deleted),
  gap: (gap) => `${signalJson('gap', gapJson(gap))}\n`,
  here: (signal) => `${hereJson(signal)}\n`,
  typing: (signal) => `${typingJson(signal)}\n`,
  outage: ({ over }) => `${signalJson('outage', { over })}\n`,
  settings: (signal) => `${settingsSignalJson(signal)}\n`,
  alert: () => '',
  heartbeat: () => `${signalJson('beat')}\n`,
  ending: (ending, retryMs) => `${signalJson(ending, { retry: retryMs })}\n`,
}

/** Encodes the query with which the session of one reader, and no other, gets a replay in a vanishing room. */
export function resumeFrame(format: 'json' | 'ndjson', query: string): string {
  const data = signalJson('resume', { query })
  return format === 'json' ? sseBlock({ event: 'resume', data }) : `${data}\n`
}
