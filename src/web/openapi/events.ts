import { RETENTIONS } from '../../chat/kept-room.ts'
import { type Schema, schema } from './operation.ts'
import { object } from './schemas.ts'

const EVENT_TIME = { type: 'string', format: 'date-time' }
const COUNT = { type: 'integer', minimum: 0 }
const SEATS = { type: 'array', items: schema('Seat') }

/** The schemas of everything that a stream sends, by `kind`. */
export const EVENTS: Readonly<Record<string, Schema>> = {
  Event: {
    oneOf: [
      'Opened',
      'Message',
      'Edited',
      'Deleted',
      'Gap',
      'Resume',
      'Here',
      'Typing',
      'Changed',
      'Outage',
      'Beat',
      'Ending',
    ].map(schema),
    description: 'Programs should ignore kinds that they don’t know.',
  },
  Opened: {
    ...object({ kind: { const: 'open' }, cursor: schema('EventId') }),
    description: 'The first event: where the stream begins.',
  },
  Edited: {
    ...object({
      id: schema('EventId'),
      room: schema('Slug'),
      kind: { const: 'edited' },
      at: EVENT_TIME,
      message: schema('Message'),
    }),
    description: 'A message was edited; it keeps its id.',
  },
  Deleted: {
    ...object({
      id: schema('EventId'),
      room: schema('Slug'),
      kind: { const: 'deleted' },
      at: EVENT_TIME,
      of: schema('EventId'),
    }),
    description: 'The message `of` was deleted.',
  },
  Gap: {
    ...object(
      {
        kind: { const: 'gap' },
        cursor: schema('EventId'),
        missed: {
          type: ['integer', 'null'],
          description: 'How many events are missing; null if that can’t be known.',
        },
        afresh: {
          const: true,
          description: 'Everything before this is replaced by what follows: the newest messages.',
        },
      },
      ['afresh'],
    ),
    description: 'Events are missing here and can’t be delivered any more.',
  },
  Resume: {
    ...object({ kind: { const: 'resume' }, query: { type: 'string' } }),
    description:
      'The query with which this reader, and no other, receives what it missed in a vanishing room.',
  },
  Here: {
    ...object({
      kind: { const: 'here' },
      count: COUNT,
      joined: SEATS,
      left: SEATS,
      renamed: {
        type: 'array',
        items: object({ name: { type: 'string' }, tag: { type: 'string' }, before: { type: 'string' } }),
      },
      more: object({ joined: COUNT, left: COUNT }),
    }),
    description: 'How many members are here, and who came, left or took another name.',
  },
  Typing: object({ kind: { const: 'typing' }, name: { type: 'string' }, tag: { type: 'string' } }),
  Changed: {
    ...object({
      kind: { const: 'settings' },
      retention: { enum: [...RETENTIONS.keys()] },
      keep: { type: ['integer', 'null'] },
      listed: { type: 'boolean' },
    }),
    description: 'The new settings of the room.',
  },
  Outage: {
    ...object({ kind: { const: 'outage' }, over: { type: 'boolean' } }),
    description: 'While an outage lasts, nothing arrives and nothing can be sent.',
  },
  Beat: {
    ...object({ kind: { const: 'beat' } }),
    description:
      'Proof that the connection is alive. In Server-Sent Events it is an event `beat` without data.',
  },
  Ending: {
    ...object({
      kind: { enum: ['rotate', 'drain', 'busy', 'closed'] },
      retry: { type: 'integer', minimum: 0, description: 'Milliseconds to wait before coming back.' },
    }),
    description: 'The last event. `closed`: the room was deleted; do not come back.',
  },
}
