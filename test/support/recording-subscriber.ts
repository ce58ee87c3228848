import type { Subscriber } from '../../src/chat/delivery/subscriber.ts'
import { readSse } from './http/read-sse.ts'

/** The beginning of the stream; a message; a gap up to an id, with the number of missed events if it is known. */
export type DecodedEvent =
  | readonly ['open' | 'posted', id: string]
  | readonly ['gap', id: string, missed: number | null]

interface DecodedLine {
  readonly kind: 'open' | 'posted' | 'gap'
  readonly id?: string
  readonly cursor?: string
  readonly missed?: number | null
}

/** A subscriber that records its chunks, and decodes them as a program would. */
export class RecordingSubscriber implements Subscriber<string> {
  readonly format: 'json' | 'ndjson'
  readonly chunks: string[] = []

  constructor(format: 'json' | 'ndjson' = 'ndjson') {
    this.format = format
  }

  send(chunk: string): void {
    this.chunks.push(chunk)
  }

  get received(): DecodedEvent[] {
    const stream = this.chunks.join('')
    if (this.format === 'ndjson')
      return stream
        .split('\n')
        .slice(0, -1)
        .map((line) => decodeEvent(JSON.parse(line)))
    return readSse(stream).events.map((event) => {
      const decoded = decodeEvent(JSON.parse(event.data))
      if (event.id !== decoded[1]) throw new Error(`The id ${event.id} came with ${event.data}`)
      return decoded
    })
  }
}

function decodeEvent({ kind, id, cursor, missed }: DecodedLine): DecodedEvent {
  const at = id ?? cursor
  if (at === undefined) throw new Error(`A line of kind ${kind} came without an id`)
  return kind === 'gap' ? [kind, at, missed ?? null] : [kind, at]
}
