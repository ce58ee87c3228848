import { renderText } from '../../views/render-text.ts'
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
import type { PresenceUpdate, SettingsChanged, Typing } from '../chat/signal.ts'
import { sseBlock } from './sse.ts'

/** A message as programs get it. */
export interface MessageJson {
  readonly id: string
  readonly room: string
  readonly kind: 'posted'
  /** ISO 8601, in UTC. */
  readonly at: string
  readonly author: { readonly name: string; readonly tag: string; readonly verified: boolean }
  readonly text: string
  readonly html: string
  /** ISO 8601, in UTC: when it was edited last. */
  readonly editedAt?: string
}

export function messageJson(event: Posted): MessageJson {
  return {
    id: formatId(event.id),
    room: event.room,
    kind: event.kind,
    at: new Date(event.at).toISOString(),
    author: event.author,
    text: event.text,
    html: renderText(event.text),
    ...(event.editedAt !== undefined && { editedAt: new Date(event.editedAt).toISOString() }),
  }
}

/** What a kept room remembers, as programs get it. */
export function settingsJson({ retention, keep, listed }: Settings) {
  return { retention: formatRetention(retention), keep: keep ?? null, listed }
}

/** Any event as programs get it. */
function eventJson(event: RoomEvent): object {
  switch (event.kind) {
    case 'posted':
      return messageJson(event)
    case 'edited':
      return { ...headJson(event), message: messageJson(event.message) }
    case 'deleted':
      return { ...headJson(event), of: formatId(event.of) }
  }
}

function headJson({ id, room, kind, at }: Edited | Deleted) {
  return { id: formatId(id), room, kind, at: new Date(at).toISOString() }
}

const eventBlock = (event: RoomEvent) =>
  sseBlock({
    ...(event.kind !== 'posted' && { event: event.kind }),
    id: formatId(event.id),
    data: JSON.stringify(eventJson(event)),
  })
const ndjsonLine = (event: RoomEvent) => `${JSON.stringify(eventJson(event))}\n`
const signalJson = (kind: string, fields: object = {}) => JSON.stringify({ kind, ...fields })
const hereJson = ({ kind, ...rest }: PresenceUpdate) => signalJson(kind, rest)
const typingJson = ({ kind, ...seat }: Typing) => signalJson(kind, seat)
const settingsSignalJson = (told: SettingsChanged) => signalJson('settings', settingsJson(told.settings))
const cursorJson = (cursor: EventId) => ({ cursor: formatId(cursor) })
// Afresh: what came before gives way to the messages that follow.
const gapJson = ({ id, missed, reset }: Gap) => ({
  ...cursorJson(id),
  missed: missed ?? null,
  ...(reset && { afresh: true }),
})

/** SSE with JSON data, for EventSource in programs. */
export const json: Encoder = {
  contentType: 'text/event-stream',
  opening: (cursor, retryMs) =>
    sseBlock({
      event: 'open',
      id: formatId(cursor),
      retry: retryMs,
      data: signalJson('open', cursorJson(cursor)),
    }),
  posted: eventBlock,
  edited: eventBlock,
  deleted: eventBlock,
  gap: (gap) =>
    sseBlock({
      event: 'gap',
      id: formatId(gap.id),
      data: signalJson('gap', gapJson(gap)),
    }),
  here: (told) => sseBlock({ event: 'here', data: hereJson(told) }),
  typing: (told) => sseBlock({ event: 'typing', data: typingJson(told) }),
  outage: ({ over }) => sseBlock({ event: 'outage', data: signalJson('outage', { over }) }),
  settings: (told) => sseBlock({ event: 'settings', data: settingsSignalJson(told) }),
  heartbeat: () => sseBlock({ event: 'beat', data: '' }),
  ending: (ending, retryMs) =>
    sseBlock({ event: ending, retry: retryMs, data: signalJson(ending, { retry: retryMs }) }),
}

/** The same, one JSON object a line. */
export const ndjson: Encoder = {
  contentType: 'application/x-ndjson',
  opening: (cursor) => `${signalJson('open', cursorJson(cursor))}\n`,
  posted: ndjsonLine,
  edited: ndjsonLine,
  deleted: ndjsonLine,
  gap: (gap) => `${signalJson('gap', gapJson(gap))}\n`,
  here: (told) => `${hereJson(told)}\n`,
  typing: (told) => `${typingJson(told)}\n`,
  outage: ({ over }) => `${signalJson('outage', { over })}\n`,
  settings: (told) => `${settingsSignalJson(told)}\n`,
  heartbeat: () => `${signalJson('beat')}\n`,
  ending: (ending, retryMs) => `${signalJson(ending, { retry: retryMs })}\n`,
}

/** For one reader alone: the query by which its session, and no other, is replayed what it misses in a vanishing room. */
export function resumeFrame(format: 'json' | 'ndjson', query: string): string {
  const data = signalJson('resume', { query })
  return format === 'json' ? sseBlock({ event: 'resume', data }) : `${data}\n`
}
