import { formOrJson, HTML, json, type Paths, parameter, refusals, schema, TEXT } from './operation.ts'

const OPTIONAL_AUTH = [{}, { bearer: [] }, { session: [] }]

/** The operations on the people in a room and their names. */
export const PEOPLE_PATHS: Paths = {
  '/r/{room}/people': {
    get: {
      operationId: 'readPeople',
      summary: 'See who is here',
      tags: ['people'],
      parameters: [
        parameter('room'),
        {
          name: 'beginning',
          in: 'query',
          description: 'Only people with a name that begins with this text, at most eight.',
          schema: { type: 'string' },
        },
      ],
      responses: {
        200: {
          description: 'How many are here, and the names of some of them.',
          content: { ...json(schema('People')), ...TEXT, ...HTML },
        },
        ...refusals('unauthorized', 'forbidden', 'not-found', 'busy'),
      },
    },
  },
  '/r/{room}/name': {
    post: {
      operationId: 'takeName',
      summary: 'Take another name',
      description: 'For sessions. A program without one gives its name in each address.',
      tags: ['people'],
      security: OPTIONAL_AUTH,
      parameters: [parameter('room')],
      requestBody: { required: true, content: formOrJson(schema('NameWish')) },
      responses: {
        200: { description: 'The name is yours.', content: { ...json(schema('Seat')), ...TEXT } },
        303: { description: 'For browsers: a redirect to the room.' },
        ...refusals(
          'forbidden',
          'not-found',
          'conflict',
          'too-large',
          'unsupported',
          'invalid',
          'too-many',
          'busy',
        ),
      },
    },
  },
  '/r/{room}/leave': {
    post: {
      operationId: 'leaveRoom',
      summary: 'Give the name back',
      tags: ['people'],
      security: OPTIONAL_AUTH,
      parameters: [parameter('room'), parameter('name')],
      responses: {
        204: { description: 'The name is free for others.' },
        303: { description: 'For browsers: a redirect to the home page.' },
        ...refusals('forbidden', 'not-found', 'invalid', 'busy'),
      },
    },
  },
  '/r/{room}/typing': {
    post: {
      operationId: 'tellTyping',
      summary: 'Say that you are typing',
      description: 'Has no effect for members who don’t follow the room.',
      tags: ['people'],
      security: OPTIONAL_AUTH,
      parameters: [parameter('room'), parameter('name')],
      responses: {
        204: { description: 'The others were notified, if there are any.' },
        ...refusals('forbidden', 'not-found', 'invalid', 'busy'),
      },
    },
  },
}
