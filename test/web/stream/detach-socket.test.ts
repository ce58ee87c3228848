import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import { type DetachSocket, findDetachSocket } from '../../../src/web/stream/detach-socket.ts'
import { startServer } from '../../support/http/server.ts'
import { SseReader } from '../../support/http/sse-reader.ts'
import { openStalledReader, waitUntil } from '../../support/http/stalled-reader.ts'
import { Visitor } from '../../support/http/visitor.ts'

const start = (t: TestContext, detachSocket: DetachSocket | undefined) =>
  startServer(t, { heartbeat: 150 }, undefined, undefined, undefined, detachSocket ?? 'attached')

test('on this Node a running stream keeps no parser', async (t) => {
  const detachSocket = findDetachSocket()
  assert.ok(
    detachSocket,
    'this Node keeps its parsers elsewhere: streams work, and take three times the memory',
  )
  const { url, server } = await start(t, detachSocket)
  const sockets: (Socket & { parser?: unknown })[] = []
  server.on('connection', (socket) => sockets.push(socket))
  const stream = await SseReader.open(`${url}/r/tea/events`)
  await stream.next(({ event }) => event === 'open')
  assert.equal(sockets.length, 1)
  assert.equal(sockets[0]?.parser, null)
  await stream.close()
})

for (const [which, detachSocket] of [
  ['its socket alone', findDetachSocket()],
  ['its parser, request and response', undefined],
] as const) {
  test(`a stream that keeps ${which} sends heartbeats and messages, ends on a drain, and appears in the metrics`, async (t) => {
    const { url, streams } = await start(t, detachSocket)
    const stream = await SseReader.open(`${url}/r/tea/events`)
    await stream.next(({ event }) => event === 'open')
    for (const text of ['one', 'two']) await new Visitor(url).post('/r/tea/messages', { text })
    await stream.next(({ data }) => data.includes('two'))
    await stream.next(({ event }) => event === 'beat')
    const metrics = await (await fetch(`${url}/metrics`)).text()
    assert.match(metrics, new RegExp(`^snug_streams_detached ${detachSocket ? 1 : 0}$`, 'm'))
    assert.match(metrics, /^snug_streams\{format="htmx"\} 1$/m)
    await streams.drain()
    await stream.ended
    assert.equal(streams.size, 0)
  })

  test(`a reader who leaves a stream that keeps ${which} is noticed, and one that stops reading is cut`, async (t) => {
    const { url, streams } = await start(t, detachSocket)
    const stream = await SseReader.open(`${url}/r/tea/events`)
    await stream.next(({ event }) => event === 'open')
    await stream.close()
    await waitUntil(() => streams.size === 0)
    const stalled = openStalledReader(url, '/r/tea/events')
    await waitUntil(() => streams.size === 1)
    const ada = new Visitor(url)
    const text = 'x'.repeat(4096)
    while (streams.size === 1) await ada.post('/r/tea/messages', { text }, { Accept: 'application/json' })
    stalled.destroy()
    assert.match(await (await fetch(`${url}/metrics`)).text(), /^snug_streams_cut_total 1$/m)
  })
}

test('a stream that ends while bytes wait is closed once they are sent, even if the reader keeps its side open', async (t) => {
  const detachSocket = findDetachSocket()
  assert.ok(detachSocket)
  const server = createServer((_request, response) => {
    const { socket } = response
    assert.ok(socket)
    response.flushHeaders()
    socket.write(Buffer.alloc(16 * 1024 * 1024))
    assert.ok(socket.writableLength > 0)
    socket.destroySoon()
    setImmediate(detachSocket, response, socket, () => {})
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const reader = connect({ port: (server.address() as AddressInfo).port, allowHalfOpen: true })
  t.after(() => {
    reader.destroy()
    server.close()
  })
  reader.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
  const [socket] = (await once(server, 'connection')) as [Socket]
  const closed = once(socket, 'close', { signal: AbortSignal.timeout(10_000) })
  reader.resume()
  await once(reader, 'end')
  await closed
})
