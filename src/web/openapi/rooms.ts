import {
  formOrJson,
  HTML,
  json,
  type Paths,
  parameter,
  refusals,
  schema,
  TEXT,
  WRITE_REFUSALS,
} from './operation.ts'

export const OWNER = [{ owner: [] }]

/** The operations on rooms: making one, and everything that the owner of a kept room can do. */
export const ROOM_PATHS: Paths = {
  '/rooms': {
    post: {
      operationId: 'makeRoom',
      summary: 'Make a room, or join it',
      description: 'A vanishing room does not have to be made: it exists while somebody is in it.',
      tags: ['rooms'],
      requestBody: { required: true, content: formOrJson(schema('RoomWish')) },
      responses: {
        200: {
          description: 'The room exists already, or is a vanishing one.',
          content: { ...json(schema('JoinedRoom')), ...TEXT },
        },
        201: {
          description: 'A kept room was made.',
          content: { ...json(schema('MadeRoom')), ...TEXT, ...HTML },
        },
        303: { description: 'For browsers: a redirect to the room.' },
        ...refusals('forbidden', 'conflict', ...WRITE_REFUSALS),
      },
    },
  },
  '/r/{room}': {
    get: {
      operationId: 'readRoom',
      summary: 'Read about a room',
      description: 'Reading it creates nothing. In a terminal it explains how to use the room.',
      tags: ['rooms'],
      parameters: [parameter('room')],
      responses: {
        200: { description: 'The room.', content: { ...json(schema('Room')), ...TEXT, ...HTML } },
        301: { description: 'The address of the room with the name spelled as the server spells it.' },
        ...refusals('not-found', 'gone', 'busy'),
      },
    },
  },
  '/r/{room}/settings': {
    get: {
      operationId: 'readSettings',
      summary: 'Read the settings of a kept room',
      tags: ['owners'],
      security: OWNER,
      parameters: [parameter('room')],
      responses: {
        200: { description: 'The settings.', content: { ...json(schema('Settings')), ...HTML } },
        ...refusals('forbidden', 'not-found', 'gone', 'busy'),
      },
    },
    post: {
      operationId: 'changeSettings',
      summary: 'Change the settings of a kept room',
      tags: ['owners'],
      security: OWNER,
      parameters: [parameter('room')],
      requestBody: { required: true, content: formOrJson(schema('SettingsWish')) },
      responses: {
        200: { description: 'The settings as they are now.', content: json(schema('Settings')) },
        303: { description: 'For browsers: a redirect to the settings.' },
        ...refusals('forbidden', 'not-found', 'gone', ...WRITE_REFUSALS),
      },
    },
  },
  '/r/{room}/delete': {
    post: {
      operationId: 'deleteRoom',
      summary: 'Delete a kept room',
      description: 'Deletes all its messages, too. Its name is then reserved for 30 days.',
      tags: ['owners'],
      security: OWNER,
      parameters: [parameter('room')],
      requestBody: { required: true, content: formOrJson(schema('Confirmation')) },
      responses: {
        200: { description: 'The room was deleted.', content: json(schema('DeletedRoom')) },
        303: { description: 'For browsers: a redirect to a page that says so.' },
        ...refusals('forbidden', 'not-found', 'gone', 'unsupported', 'invalid', 'too-many', 'full', 'busy'),
      },
    },
  },
  '/r/{room}/export': {
    get: {
      operationId: 'exportRoom',
      summary: 'Download a kept room',
      tags: ['owners'],
      security: OWNER,
      parameters: [parameter('room')],
      responses: {
        200: {
          description: 'Everything that is stored, one JSON object per line: the room, then its events.',
          content: { 'application/x-ndjson': { schema: { type: 'string' } } },
        },
        ...refusals('forbidden', 'not-found', 'gone', 'too-many', 'busy'),
      },
    },
  },
}
