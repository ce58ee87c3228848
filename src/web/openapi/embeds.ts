import { fields, json, type Paths, parameter, refusals, schema, TEXT, WRITING } from './operation.ts'
import { OWNER } from './rooms.ts'

const number = (name: string, description: string) => ({
  name,
  in: 'query' as const,
  description,
  schema: { type: 'integer' },
})

/** Rooms in other sites' pages. */
export const EMBED_PATHS: Paths = {
  '/oembed': {
    get: {
      operationId: 'readOEmbed',
      summary: 'Learn how to show a room’s link in a page: oEmbed 1.0',
      tags: ['rooms'],
      parameters: [
        {
          name: 'url',
          in: 'query',
          required: true,
          description: 'A room’s whole address.',
          schema: { type: 'string', format: 'uri' },
        },
        number('maxwidth', 'The width that there is place for, in pixels.'),
        number('maxheight', 'The height that there is place for, in pixels.'),
        {
          name: 'format',
          in: 'query',
          description: 'In what to answer.',
          schema: { enum: ['json', 'xml'], default: 'json' },
        },
      ],
      responses: {
        200: {
          description: 'A frame for the page.',
          content: { ...json(schema('OEmbed')), 'text/xml': { schema: { type: 'string' } } },
        },
        501: { description: 'There is no such format.', content: TEXT },
        ...refusals('not-found', 'busy'),
      },
    },
  },
  '/r/{room}/embedding': {
    post: {
      operationId: 'changeEmbedding',
      summary:
        'Change which other sites’ pages may show a kept room, and by which secret they name who comes',
      tags: ['owners'],
      security: OWNER,
      parameters: [parameter('room')],
      requestBody: { required: true, content: fields(schema('EmbeddingWish')) },
      responses: {
        200: { description: 'What holds now.', content: json(schema('Embedding')) },
        303: { description: 'To a browser: where the settings are.' },
        ...refusals('forbidden', 'not-found', 'gone', ...WRITING),
      },
    },
  },
}
