import { RETENTIONS } from '../../chat/kept-room.ts'
import { type Schema, schema } from './operation.ts'
import { object } from './schemas.ts'

const MOMENT = { type: 'string', format: 'date-time' }
const COUNT = { type: 'integer', minimum: 0 }
const SEATS = { type: 'array', items: schema('Seat') }

/** Whatever a stream brings, by its `kind`. */
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
    description: 'Programs leave aside the kinds that they don’t know.',
  },
  Opened: {
    ...object({ kind: { const: 'open' }, cursor: schema('EventId') }),
    description: 'The first one: where the stream begins.',
  },
  Edited: {
    ...object({
      id: schema('EventId'),
      room: schema('Slug'),
      kind: { const: 'edited' },
      at: MOMENT,
      message: schema('Message'),
    }),
    description: 'A message says something else now; it has its own id still.',
  },
  Deleted: {
    ...object({
      id: schema('EventId'),
      room: schema('Slug'),
      kind: { const: 'deleted' },
      at: MOMENT,
      of: schema('EventId'),
    }),
    description: 'The message `of` is gone.',
  },
  Gap: {
    ...object(
      {
        kind: { const: 'gap' },
        cursor: schema('EventId'),
        missed: {
          type: ['integer', 'null'],
          description: 'How many are missing; null where nobody can know.',
        },
        afresh: {
          const: true,
          description: 'What came before gives way to what follows, the newest messages.',
        },
      },
      ['afresh'],
    ),
    description: 'Events are missing here, and can’t be had any more.',
  },
  Resume: {
    ...object({ kind: { const: 'resume' }, query: { type: 'string' } }),
    description: 'The query under which this reader alone is replayed what it misses in a vanishing room.',
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
    description: 'How many members are here, and who came, went and took another name.',
  },
  Typing: object({ kind: { const: 'typing' }, name: { type: 'string' }, tag: { type: 'string' } }),
  Changed: {
    ...object({
      kind: { const: 'settings' },
      retention: { enum: [...RETENTIONS.keys()] },
      keep: { type: ['integer', 'null'] },
      listed: { type: 'boolean' },
    }),
    description: 'What the room keeps from now on.',
  },
  Outage: {
    ...object({ kind: { const: 'outage' }, over: { type: 'boolean' } }),
    description: 'Nothing comes, and nothing can be sent, until it is over.',
  },
  Beat: {
    ...object({ kind: { const: 'beat' } }),
    description: 'Proof that the connection lives. As Server-Sent Events it is an event `beat` without data.',
  },
  Ending: {
    ...object({
      kind: { enum: ['rotate', 'drain', 'busy', 'closed'] },
      retry: { type: 'integer', minimum: 0, description: 'Milliseconds after which to come back.' },
    }),
    description: 'The last one. `closed`: the room was deleted, and nobody need come back.',
  },
}
