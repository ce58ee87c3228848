import { PAGE, type Paths, TEXT } from './operation.ts'

const state = (operationId: string, summary: string) => ({
  operationId,
  summary,
  tags: ['server'],
  responses: { 200: { description: 'So it is.', content: TEXT } },
})

/** The server itself. */
export const SERVER_PATHS: Paths = {
  '/': {
    get: {
      operationId: 'readHome',
      summary: 'See how to use this server, and which rooms it lists',
      tags: ['server'],
      responses: { 200: { description: 'The first page.', content: { ...TEXT, ...PAGE } } },
    },
  },
  '/healthz': { get: state('isAlive', 'Whether the process lives') },
  '/readyz': {
    get: {
      ...state('isReady', 'Whether the process takes more'),
      responses: {
        200: { description: 'It does.', content: TEXT },
        503: { description: 'It is about to stop.', content: TEXT },
      },
    },
  },
  '/metrics': { get: state('readMetrics', 'How the process does, as Prometheus reads it') },
  '/openapi.json': {
    get: {
      operationId: 'readDescription',
      summary: 'Read this description',
      tags: ['server'],
      responses: {
        200: { description: 'OpenAPI 3.1.', content: { 'application/json': { schema: { type: 'object' } } } },
      },
    },
  },
}
