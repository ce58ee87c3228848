import type { Subscriber } from '../../src/chat/delivery/subscriber.ts'
import { readSse } from './http/read-sse.ts'

/** Where the stream begins; a message; a gap up to an id, with its count if that is known. */
export type Heard =
  | readonly ['open' | 'posted', id: string]
  | readonly ['gap', id: string, missed: number | null]

interface Line {
  readonly kind: 'open' | 'posted' | 'gap'
  readonly id?: string
  readonly cursor?: string
  readonly missed?: number | null
}

/** A reader who writes down what it is sent, and reads it as a program would. */
export class RecordingSubscriber implements Subscriber<string> {
  readonly format: 'json' | 'ndjson'
  readonly parcels: string[] = []

  constructor(format: 'json' | 'ndjson' = 'ndjson') {
    this.format = format
  }

  send(parcel: string): void {
    this.parcels.push(parcel)
  }

  get heard(): Heard[] {
    const stream = this.parcels.join('')
    if (this.format === 'ndjson')
      return stream
        .split('\n')
        .slice(0, -1)
        .map((line) => toHeard(JSON.parse(line)))
    return readSse(stream).events.map((event) => {
      const heard = toHeard(JSON.parse(event.data))
      if (event.id !== heard[1]) throw new Error(`The id ${event.id} came with ${event.data}`)
      return heard
    })
  }
}

function toHeard({ kind, id, cursor, missed }: Line): Heard {
  const at = id ?? cursor
  if (at === undefined) throw new Error(`A line of kind ${kind} came without an id`)
  return kind === 'gap' ? [kind, at, missed ?? null] : [kind, at]
}
