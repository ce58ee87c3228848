import {
  formOrJson,
  HTML,
  json,
  type Operation,
  type Paths,
  parameter,
  refusals,
  schema,
  TEXT,
  WRITE_REFUSALS,
} from './operation.ts'

const editOperation = (operationId: string): Operation => ({
  operationId,
  summary: 'Edit a message',
  description: 'Only in kept rooms, by its author or the room’s owner.',
  tags: ['messages'],
  security: [{}, { bearer: [] }, { session: [] }, { owner: [] }],
  parameters: [parameter('room'), parameter('id'), parameter('name')],
  requestBody: { required: true, content: { ...formOrJson(schema('Change')), ...TEXT } },
  responses: {
    200: { description: 'The message as it is now.', content: { ...json(schema('Message')), ...TEXT } },
    ...refusals('unauthorized', 'forbidden', 'not-found', 'conflict', 'gone', ...WRITE_REFUSALS),
  },
})

const deleteOperation = (operationId: string): Operation => ({
  operationId,
  summary: 'Delete a message',
  description: 'Only in kept rooms, by its author or the room’s owner.',
  tags: ['messages'],
  security: [{}, { bearer: [] }, { session: [] }, { owner: [] }],
  parameters: [parameter('room'), parameter('id'), parameter('name')],
  responses: {
    204: { description: 'The message was deleted.' },
    ...refusals(
      'unauthorized',
      'forbidden',
      'not-found',
      'conflict',
      'gone',
      'invalid',
      'too-many',
      'full',
      'busy',
    ),
  },
})

/** The operations on messages. */
export const MESSAGE_PATHS: Paths = {
  '/r/{room}/messages': {
    get: {
      operationId: 'readHistory',
      summary: 'Read past messages',
      description: 'Page by page, the newest page first. A vanishing room has nothing to read.',
      tags: ['messages'],
      parameters: [
        parameter('room'),
        {
          name: 'before',
          in: 'query',
          description: 'Only messages before this id.',
          schema: { type: 'string' },
        },
        {
          name: 'limit',
          in: 'query',
          description: 'The maximum number of messages; the page has fewer if they are very long.',
          schema: { type: 'integer', minimum: 1, maximum: 100, default: 50 },
        },
      ],
      responses: {
        200: {
          description: 'A page of messages.',
          content: { ...json(schema('History')), ...TEXT, ...HTML },
        },
        ...refusals('unauthorized', 'forbidden', 'not-found', 'gone', 'invalid', 'busy'),
      },
    },
    post: {
      operationId: 'postMessage',
      summary: 'Post a message',
      tags: ['messages'],
      security: [{}, { bearer: [] }, { session: [] }],
      parameters: [parameter('room'), parameter('name')],
      requestBody: { required: true, content: { ...formOrJson(schema('Draft')), ...TEXT } },
      responses: {
        201: {
          description: 'The message was posted and, in a kept room, stored.',
          content: { ...json(schema('Message')), ...TEXT },
        },
        ...refusals('unauthorized', 'forbidden', 'not-found', 'conflict', 'gone', ...WRITE_REFUSALS),
      },
    },
  },
  '/r/{room}/messages/{id}': {
    get: {
      operationId: 'readMessage',
      summary: 'Read one message of a kept room',
      tags: ['messages'],
      parameters: [parameter('room'), parameter('id')],
      responses: {
        200: { description: 'The message.', content: { ...json(schema('Message')), ...TEXT, ...HTML } },
        ...refusals('unauthorized', 'forbidden', 'not-found', 'gone', 'busy'),
      },
    },
    put: editOperation('changeMessage'),
    patch: editOperation('patchMessage'),
    post: editOperation('postChange'),
    delete: deleteOperation('deleteMessage'),
  },
  '/r/{room}/messages/{id}/delete': { post: deleteOperation('postDeletion') },
}
