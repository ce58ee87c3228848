import { HTML, type Paths, TEXT } from './operation.ts'

const textOperation = (operationId: string, summary: string) => ({
  operationId,
  summary,
  tags: ['server'],
  responses: { 200: { description: 'The result as text.', content: TEXT } },
})

/** The operations on the server itself. */
export const SERVER_PATHS: Paths = {
  '/': {
    get: {
      operationId: 'readHome',
      summary: 'See how to use this server, and which rooms it lists',
      tags: ['server'],
      responses: { 200: { description: 'The home page.', content: { ...TEXT, ...HTML } } },
    },
  },
  '/healthz': { get: textOperation('isAlive', 'Whether the process is alive') },
  '/readyz': {
    get: {
      ...textOperation('isReady', 'Whether the process accepts requests'),
      responses: {
        200: { description: 'The process is ready.', content: TEXT },
        503: { description: 'The process is about to stop.', content: TEXT },
      },
    },
  },
  '/metrics': { get: textOperation('readMetrics', 'Metrics of the process, for Prometheus') },
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
