import assert from 'node:assert/strict'
import type { Socket } from 'node:net'
import { test } from 'node:test'
import { LETS_GO } from '../../src/web/let-go.ts'
import { startServer } from '../support/server.ts'
import { SseReader } from '../support/sse-reader.ts'
import { Visitor } from '../support/visitor.ts'

test('a running stream keeps no parser, and goes on as before', async (t) => {
  assert.ok(LETS_GO, 'this Node keeps its parsers elsewhere: streams work, and take three times the memory')
  const { url, server, streams } = await startServer(t)
  const sockets: (Socket & { parser?: unknown })[] = []
  server.on('connection', (socket) => sockets.push(socket))
  const stream = await SseReader.open(`${url}/r/tea/events`)
  await stream.next(({ event }) => event === 'open')
  assert.equal(sockets.length, 1)
  assert.equal(sockets[0]?.parser, null)
  for (const text of ['one', 'two']) await new Visitor(url).post('/r/tea/messages', { text })
  await stream.next(({ data }) => data.includes('two'))
  assert.equal(streams.size, 1)
  await streams.drain()
  await stream.ended
  assert.equal(streams.size, 0)
})
