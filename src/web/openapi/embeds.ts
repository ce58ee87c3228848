import {
  formOrJson,
  json,
  type Paths,
  parameter,
  refusals,
  schema,
  TEXT,
  WRITE_REFUSALS,
} from './operation.ts'
import { OWNER } from './rooms.ts'

const integerParameter = (name: string, description: string) => ({
  name,
  in: 'query' as const,
  description,
  schema: { type: 'integer' },
})

/** The operations for rooms in other sites' pages. */
export const EMBED_PATHS: Paths = {
  '/oembed': {
    get: {
      operationId: 'readOEmbed',
      summary: 'Find out how to embed a room, by its link: oEmbed 1.0',
      tags: ['rooms'],
      parameters: [
        {
          name: 'url',
          in: 'query',
          required: true,
          description: 'The full address of a room.',
          schema: { type: 'string', format: 'uri' },
        },
        integerParameter('maxwidth', 'The available width, in pixels.'),
        integerParameter('maxheight', 'The available height, in pixels.'),
        {
          name: 'format',
          in: 'query',
          description: 'The format of the answer.',
          schema: { enum: ['json', 'xml'], default: 'json' },
        },
      ],
      responses: {
        200: {
          description: 'An iframe for the page.',
          content: { ...json(schema('OEmbed')), 'text/xml': { schema: { type: 'string' } } },
        },
        501: { description: 'This format is not supported.', content: TEXT },
        ...refusals('not-found', 'busy'),
      },
    },
  },
  '/r/{room}/embedding': {
    post: {
      operationId: 'changeEmbedding',
      summary:
        'Change which other sites’ pages may embed a kept room, and the secret with which they name their users',
      tags: ['owners'],
      security: OWNER,
      parameters: [parameter('room')],
      requestBody: { required: true, content: formOrJson(schema('EmbeddingWish')) },
      responses: {
        200: { description: 'The settings as they are now.', content: json(schema('Embedding')) },
        303: { description: 'For browsers: a redirect to the settings.' },
        ...refusals('forbidden', 'not-found', 'gone', ...WRITE_REFUSALS),
      },
    },
  },
}
