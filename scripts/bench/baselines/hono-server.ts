// The cost of Hono's own streams: writes each message to each reader with `streamSSE`.
//
//   node hono-server.ts BYTES      size of one frame on the wire; prints its URL

import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { type SSEStreamingApi, streamSSE } from 'hono/streaming'
import { formatBaselinePage, ROOM_PATH } from '../load/page.ts'

process.stdin.on('end', () => process.exit()).resume()
const frameBytes = Number(process.argv[2])
// The chunk's size, `data: ` and `id: 000000`, each with its line breaks.
const OVERHEAD = 7 + 8 + 12
const subscribers = new Set<SSEStreamingApi>()
let posted = 0

const KEEP_ALIVE_MS = 65_000

const app = new Hono()
app.get(ROOM_PATH, (c) => c.html(formatBaselinePage(), 200, { 'Set-Cookie': 'hono=1; Path=/' }))
app.get(`${ROOM_PATH}/events`, (c) =>
  streamSSE(c, async (stream) => {
    subscribers.add(stream)
    await new Promise<void>((resolve) => stream.onAbort(resolve))
    subscribers.delete(stream)
  }),
)
app.post(`${ROOM_PATH}/messages`, async (c) => {
  const { text } = await c.req.parseBody()
  const data = String(text).padEnd(frameBytes - OVERHEAD, '.')
  const id = String(posted++).padStart(6, '0')
  for (const stream of subscribers) void stream.writeSSE({ data, id })
  return c.redirect(ROOM_PATH, 303)
})
serve(
  {
    fetch: app.fetch,
    hostname: '127.0.0.1',
    port: 0,
    serverOptions: { keepAliveTimeout: KEEP_ALIVE_MS },
  },
  ({ port }) => console.log(`http://127.0.0.1:${port}`),
)
