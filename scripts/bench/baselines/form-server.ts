// Parses the form of a message with Hono and answers 303. The message goes to no reader.

import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { formatBaselinePage, ROOM_PATH } from '../load/page.ts'

const KEEP_ALIVE_MS = 65_000

process.stdin.on('end', () => process.exit()).resume()
const app = new Hono()
app.get(ROOM_PATH, (c) => c.html(formatBaselinePage(), 200, { 'Set-Cookie': 'form=1; Path=/' }))
app.post('/r/:room/messages', async (c) => {
  const { text } = await c.req.parseBody()
  return typeof text === 'string' ? c.redirect(`/r/${c.req.param('room')}`, 303) : c.text('No text', 422)
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
