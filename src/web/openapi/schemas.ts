import { RETENTIONS } from '../../chat/kept-room.ts'
import { KEY_MAX_LENGTH, MESSAGE_MAX_BYTES } from '../../chat/message.ts'
import { NAME_MAX_CODE_POINTS } from '../../chat/names/name.ts'
import { STATUS } from '../http/refusal-status.ts'
import { type Schema, schema } from './operation.ts'

/** The schema of an object with these properties and no others. */
export function object(
  properties: Readonly<Record<string, unknown>>,
  optional: readonly string[] = [],
): Schema {
  const required = Object.keys(properties).filter((name) => !optional.includes(name))
  return { type: 'object', additionalProperties: false, required, properties }
}

export const DATE_TIME = { type: 'string', format: 'date-time' }

const EVENT_ID = {
  type: 'string',
  pattern: '^[0-9a-z]{1,11}\\.(0|[1-9][0-9]{0,14})$',
  description: '`<epoch>.<seq>`: the number rises by one with each event of the room.',
  examples: ['k3x9.41'],
}

const SLUG = { type: 'string', minLength: 1, maxLength: 48, examples: ['lobby'] }

const COUNT = { type: 'integer', minimum: 0 }

export const SCHEMAS: Readonly<Record<string, Schema>> = {
  EventId: EVENT_ID,
  Slug: SLUG,
  Seat: object({
    name: { type: 'string', minLength: 1, description: 'Unique in the room while it is held.' },
    tag: {
      type: 'string',
      description: 'Identifies a member in this room under any name.',
      examples: ['x4d07f3k2q'],
    },
  }),
  Author: object({
    name: { type: 'string', minLength: 1 },
    tag: { type: 'string' },
    verified: {
      type: 'boolean',
      description:
        'Whether somebody vouches for the name: the owner of the room, or the page that embeds it.',
    },
  }),
  Message: object(
    {
      id: schema('EventId'),
      room: schema('Slug'),
      kind: { const: 'posted' },
      at: DATE_TIME,
      author: schema('Author'),
      text: { type: 'string', description: 'As it was typed.' },
      html: {
        type: 'string',
        description:
          'As pages show it: escaped, with links, emphasis and code. Blanks are as typed: show paragraphs with ' +
          '`white-space: pre-wrap`, and then hide `<br>`, because a line break follows each.',
      },
      mentions: {
        type: 'array',
        items: schema('Seat'),
        description:
          'The people that it mentions, of those who are here when it is sent to you, and you. The longest name ' +
          'behind an `@` counts; code, links and e-mail addresses mention nobody.',
      },
      editedAt: { ...DATE_TIME, description: 'When it was last edited, if it was.' },
    },
    ['editedAt'],
  ),
  Draft: {
    type: 'object',
    required: ['text'],
    properties: {
      text: { type: 'string', description: `Up to ${MESSAGE_MAX_BYTES} bytes of UTF-8.` },
      key: {
        type: 'string',
        maxLength: KEY_MAX_LENGTH,
        pattern: '^[\\x21-\\x7e]*$',
        description:
          'Made by you for this one post. If you send it again with the same key, it stays one message.',
      },
    },
  },
  Change: { type: 'object', required: ['text'], properties: { text: { type: 'string' } } },
  History: object({
    messages: { type: 'array', items: schema('Message'), description: 'Oldest first.' },
    before: {
      oneOf: [schema('EventId'), { type: 'null' }],
      description: 'The value of `before` for older messages, if there are any.',
    },
  }),
  Keeps: object({
    retention: { enum: [...RETENTIONS.keys()], description: 'How long messages are kept.' },
    keep: {
      type: ['integer', 'null'],
      minimum: 1,
      description: 'How many of the newest messages are kept; null: all.',
    },
    listed: { type: 'boolean', description: 'Whether the home page lists the room.' },
  }),
  Room: object({
    room: schema('Slug'),
    url: { type: 'string', format: 'uri' },
    here: { ...COUNT, description: 'How many members are here.' },
    keeps: {
      oneOf: [schema('Keeps'), { type: 'null' }],
      description: 'The settings of a kept room; null for a vanishing room.',
    },
  }),
  RoomWish: {
    type: 'object',
    required: ['room'],
    properties: {
      room: { type: 'string', description: 'The room’s name; its address is made from it.' },
      kind: { enum: ['vanishing', 'kept'], default: 'vanishing' },
      retention: { enum: [...RETENTIONS.keys()], default: 'forever' },
      keep: { type: ['integer', 'string'], description: 'How many messages are kept.' },
      listed: { type: ['boolean', 'string'] },
    },
  },
  SettingsWish: {
    type: 'object',
    properties: {
      retention: { enum: [...RETENTIONS.keys()], default: 'forever' },
      keep: { type: ['integer', 'string'] },
      listed: { type: ['boolean', 'string'] },
    },
  },
  Confirmation: {
    type: 'object',
    required: ['confirm'],
    properties: { confirm: { type: 'string', description: 'The room’s name.' } },
  },
  DeletedRoom: object({ room: schema('Slug'), deleted: { const: true } }),
  JoinedRoom: object({ room: schema('Slug'), url: { type: 'string', format: 'uri' } }),
  MadeRoom: object({
    room: schema('Slug'),
    url: { type: 'string', format: 'uri' },
    owner: {
      type: 'string',
      format: 'uri',
      description: 'Opening it in a browser makes that browser an owner of the room. It is shown only once.',
    },
  }),
  Settings: object({
    room: schema('Slug'),
    retention: { enum: [...RETENTIONS.keys()] },
    keep: { type: ['integer', 'null'] },
    listed: { type: 'boolean' },
  }),
  EmbeddingWish: {
    type: 'object',
    properties: {
      origins: {
        type: 'string',
        description: 'Separated by spaces; `*`, `none`, or empty for all that the server allows.',
      },
      secret: { enum: ['', 'new', 'none'], default: '', description: 'Makes a new one, or removes it.' },
    },
  },
  Embedding: object({
    room: schema('Slug'),
    origins: { type: ['string', 'null'] },
    secret: { type: ['string', 'null'] },
  }),
  OEmbed: object({
    version: { const: '1.0' },
    type: { const: 'rich' },
    title: { type: 'string' },
    provider_name: { const: 'Snug' },
    provider_url: { type: 'string', format: 'uri' },
    html: { type: 'string' },
    width: { type: 'integer' },
    height: { type: 'integer' },
  }),
  People: object({ count: COUNT, people: { type: 'array', items: schema('Seat') } }),
  NameWish: {
    type: 'object',
    required: ['name'],
    properties: { name: { type: 'string', description: `1 to ${NAME_MAX_CODE_POINTS} characters.` } },
  },
  Error: object({
    error: object(
      {
        code: { enum: [...Object.keys(STATUS), 'bug'] },
        message: { type: 'string', description: 'A complete sentence.' },
        offers: { type: 'array', items: { type: 'string' }, description: 'What would be accepted instead.' },
      },
      ['offers'],
    ),
  }),
}
