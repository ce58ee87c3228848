import { type Content, type Operation, type Paths, parameter, refusals, schema, TEXT } from './operation.ts'

const streamOperation = (
  operationId: string,
  summary: string,
  description: string,
  content: Content,
): Operation => ({
  operationId,
  summary,
  description: `${description} The stream ends by itself after some minutes; continue with the cursor that the reader holds. If there are too many streams, the answer is also 200, and the stream ends with \`busy\`.`,
  tags: ['streams'],
  parameters: [
    parameter('room'),
    parameter('after'),
    parameter('proof'),
    parameter('Last-Event-ID'),
    parameter('name'),
  ],
  responses: {
    200: { description: 'What happens in the room, as it happens.', content },
    ...refusals('unauthorized', 'forbidden', 'not-found', 'conflict', 'gone', 'invalid', 'full', 'busy'),
  },
})

const EVENT = schema('Event')

/** The operations that follow a room. */
export const STREAM_PATHS: Paths = {
  '/r/{room}/live.json': {
    get: streamOperation(
      'followAsServerSentEvents',
      'Follow a room with EventSource',
      'Messages are unnamed events, all others are named after their kind; `id` is the cursor.',
      { 'text/event-stream': { schema: { type: 'string' }, 'x-event': EVENT } },
    ),
  },
  '/r/{room}/live.ndjson': {
    get: streamOperation('followAsLines', 'Follow a room as lines of JSON', 'One JSON object per line.', {
      'application/x-ndjson': { schema: { type: 'string' }, 'x-event': EVENT },
    }),
  },
  '/r/{room}/live.txt': {
    get: {
      ...streamOperation(
        'followAsText',
        'Follow a room in a terminal',
        'One line per message, with further lines indented; the last ten messages of a kept room come first.',
        TEXT,
      ),
      parameters: [
        parameter('room'),
        parameter('after'),
        parameter('proof'),
        parameter('name'),
        {
          name: 'color',
          in: 'query',
          description: 'Colours names by tag. `colour` does the same; the value `no` turns it off.',
          schema: { type: 'string' },
        },
      ],
    },
  },
}
