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
import { retentionWord, type Settings } from '../chat/kept-room.ts'
import type { Changed, Here, Typing } from '../chat/signal.ts'
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
  return { retention: retentionWord(retention), keep: keep ?? null, listed }
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

const sse = (event: RoomEvent) =>
  sseBlock({
    ...(event.kind !== 'posted' && { event: event.kind }),
    id: formatId(event.id),
    data: JSON.stringify(eventJson(event)),
  })
const line = (event: RoomEvent) => `${JSON.stringify(eventJson(event))}\n`
const signal = (kind: string, fields: object = {}) => JSON.stringify({ kind, ...fields })
const here = ({ kind, ...rest }: Here) => signal(kind, rest)
const typing = ({ kind, ...seat }: Typing) => signal(kind, seat)
const settings = (told: Changed) => signal('settings', settingsJson(told.settings))
const at = (cursor: EventId) => ({ cursor: formatId(cursor) })
// Afresh: what came before gives way to the messages that follow.
const gapJson = ({ id, missed, afresh }: Gap) => ({
  ...at(id),
  missed: missed ?? null,
  ...(afresh && { afresh: true }),
})

/** SSE with JSON data, for EventSource in programs. */
export const json: Encoder = {
  contentType: 'text/event-stream',
  opening: (cursor, retryMs) =>
    sseBlock({ event: 'open', id: formatId(cursor), retry: retryMs, data: signal('open', at(cursor)) }),
  posted: sse,
  edited: sse,
  deleted: sse,
  gap: (gap) =>
    sseBlock({
      event: 'gap',
      id: formatId(gap.id),
      data: signal('gap', gapJson(gap)),
    }),
  here: (told) => sseBlock({ event: 'here', data: here(told) }),
  typing: (told) => sseBlock({ event: 'typing', data: typing(told) }),
  outage: ({ over }) => sseBlock({ event: 'outage', data: signal('outage', { over }) }),
  settings: (told) => sseBlock({ event: 'settings', data: settings(told) }),
  beat: () => sseBlock({ event: 'beat', data: '' }),
  ending: (ending, retryMs) =>
    sseBlock({ event: ending, retry: retryMs, data: signal(ending, { retry: retryMs }) }),
}

/** The same, one JSON object a line. */
export const ndjson: Encoder = {
  contentType: 'application/x-ndjson',
  opening: (cursor) => `${signal('open', at(cursor))}\n`,
  posted: line,
  edited: line,
  deleted: line,
  gap: (gap) => `${signal('gap', gapJson(gap))}\n`,
  here: (told) => `${here(told)}\n`,
  typing: (told) => `${typing(told)}\n`,
  outage: ({ over }) => `${signal('outage', { over })}\n`,
  settings: (told) => `${settings(told)}\n`,
  beat: () => `${signal('beat')}\n`,
  ending: (ending, retryMs) => `${signal(ending, { retry: retryMs })}\n`,
}

/** For one reader alone: the query by which its session, and no other, is replayed what it misses in a vanishing room. */
export function resumeFrame(format: 'json' | 'ndjson', query: string): string {
  const data = signal('resume', { query })
  return format === 'json' ? sseBlock({ event: 'resume', data }) : `${data}\n`
}
