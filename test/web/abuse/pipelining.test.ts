import assert from 'node:assert/strict'
import type { Socket } from 'node:net'
import { test } from 'node:test'
import { WAITING_MAX } from '../../../src/web/http/request-queue.ts'
import { ADA, AUTHOR } from '../../support/events.ts'
import { Bystander } from '../../support/http/bystander.ts'
import { exchange, get, openConnection, readUntil } from '../../support/http/raw-connection.ts'
import { createKeptRoom, startServer } from '../../support/http/server.ts'
import { waitUntil } from '../../support/http/stalled-reader.ts'

const AS_JSON = { Accept: 'application/json' }

test('requests that are sent ahead are answered one after the other, in their order', async (t) => {
  const { url, chat } = await startServer(t)
  let running = 0
  let most = 0
  const { countHere } = chat.roster
  t.mock.method(chat.roster, 'countHere', async (room: Parameters<typeof countHere>[0]) => {
    most = Math.max(most, ++running)
    await new Promise((resolve) => setImmediate(resolve))
    running--
    return countHere.call(chat.roster, room)
  })
  const rooms = Array.from({ length: WAITING_MAX }, (_, n) => `room-${n}`)
  const requests = rooms.map((room) => get(`/r/${room}`, AS_JSON)).join('')
  const received = await exchange(url, requests + get('/r/last', { ...AS_JSON, Connection: 'close' }))
  const answered = [...received.matchAll(/"room":"([^"]+)"/g)].map(([, room]) => room)
  assert.deepEqual(answered, [...rooms, 'last'])
  assert.equal(most, 1)
})

test('the next request begins when the response before it was taken, and not before', async (t) => {
  const server = await startServer(t)
  const room = await createKeptRoom(server, 'fat')
  const draft = { text: 'plain words '.repeat(340), key: undefined }
  await Promise.all(Array.from({ length: 100 }, () => server.chat.store.append(room, ADA, AUTHOR, draft)))
  const read = t.mock.method(server.chat.store, 'readPage')
  let taken = 0
  server.server.on('request', ({ url }, response) => {
    if (url?.startsWith('/r/fat')) response.once('finish', () => taken++)
  })
  const reader = openConnection(server.url)
  t.after(() => reader.destroy())
  reader.pause()
  reader.write(get('/r/fat/messages?limit=100', AS_JSON).repeat(WAITING_MAX))
  await waitUntil(() => read.mock.callCount() > 0)
  const bystander = new Bystander(t, server.url)
  await bystander.post(50)
  assert.ok(read.mock.callCount() <= taken + 1, `${read.mock.callCount()} began, ${taken} were taken`)
  assert.ok(taken < WAITING_MAX, 'a client that reads nothing can’t take all of them')
  reader.resume()
  await waitUntil(() => taken === WAITING_MAX)
})

test('posts that are sent ahead begin in turns of their own, so that others come in between', async (t) => {
  const { url, chat, server } = await startServer(t)
  let turn = 0
  let isOver = false
  const countTurns = () => {
    turn++
    if (!isOver) setImmediate(countTurns)
  }
  setImmediate(countTurns)
  t.after(() => {
    isOver = true
  })
  const turns: number[] = []
  const { post } = chat.bus
  t.mock.method(chat.bus, 'post', (...args: Parameters<typeof post>) => {
    turns.push(turn)
    return post.apply(chat.bus, args)
  })
  const message = (end = '') =>
    `POST /r/tea/messages HTTP/1.1\r\nHost: localhost\r\n${end}Content-Type: text/plain\r\nContent-Length: 2\r\n\r\nhi`
  const received = await exchange(url, message().repeat(WAITING_MAX) + message('Connection: close\r\n'))
  assert.equal(received.match(/^HTTP\/1\.1 201 /gm)?.length, WAITING_MAX + 1)
  assert.equal(new Set(turns).size, WAITING_MAX + 1)
  // What does not end in its turn is waited for, and beyond a few the connection is cut.
  turns.length = 0
  await exchange(url, message().repeat(500))
  assert.ok(turns.length <= WAITING_MAX + 1, `${turns.length} of 500 posts were handled`)
  let failed = 0
  server.on('checkExpectation', (_, response) => response.once('finish', () => failed++))
  await exchange(url, message('Expect: a miracle\r\n').repeat(500))
  assert.ok(failed <= 1, `${failed} of 500 expectations were answered`)
})

test('a connection is closed for good, even if its last response has ended when it is cut', async (t) => {
  const { url, server } = await startServer(t)
  const sockets: Socket[] = []
  server.on('connection', (socket) => sockets.push(socket))
  for (const headers of [
    { Connection: 'close' },
    { Expect: 'a miracle' },
    { Host: '' },
    { 'Transfer-Encoding': 'gzip' },
  ])
    for (const target of ['/healthz', '/about', '/nothing', '/metrics'])
      await exchange(url, get(target, headers).repeat(200))
  await waitUntil(() => sockets.every(({ closed }) => closed))
  assert.equal(sockets.length, 16)
})

test('a client that sends a thousand requests ahead is cut, and others notice nothing', async (t) => {
  const { url, server } = await startServer(t)
  const style = /href="(\/assets\/[^"]+\.css)"/.exec(await (await fetch(url)).text())?.[1] ?? ''
  let answered = 0
  let parsed = 0
  server.on('request', ({ url }, response) => {
    parsed++
    if (url === style) response.once('finish', () => answered++)
  })
  const sockets: Socket[] = []
  server.on('connection', (socket) => sockets.push(socket))
  const memory = process.memoryUsage().rss
  const clients = Array.from({ length: 60 }, () => openConnection(url).pause())
  t.after(() => {
    for (const client of clients) client.destroy()
  })
  await waitUntil(() => sockets.length === clients.length)
  for (const client of clients) client.write(get(style).repeat(1274))
  const bystander = new Bystander(t, url)
  const median = await bystander.post(20)
  await waitUntil(() => sockets.slice(0, clients.length).every(({ destroyed }) => destroyed))
  assert.ok(answered <= clients.length * (WAITING_MAX + 1), `${answered} were answered`)
  assert.ok(parsed <= clients.length * 2 * (WAITING_MAX + 2), `${parsed} were parsed`)
  const grown = (process.memoryUsage().rss - memory) / 1024 / 1024
  assert.ok(grown < 400, `${grown} MB more are in use`)
  assert.ok(median < 1000, `the bystander’s posts took ${median} ms`)
})

test('a stream that is requested behind a page is opened, and announces that it closes the connection', async (t) => {
  const { url, streams } = await startServer(t)
  const socket = openConnection(url)
  t.after(() => socket.destroy())
  socket.write(get('/about') + get('/r/tea/live.ndjson') + get('/about'))
  const received = await readUntil(socket, /"kind":"open"|"open"/)
  const [, page = '', stream = '', ...more] = received.split('HTTP/1.1 200 OK\r\n')
  assert.match(page, /<!doctype html>/i)
  assert.match(stream, /^connection: close\r$/im)
  assert.match(stream, /^transfer-encoding: chunked\r$/im)
  assert.deepEqual(more, [], 'nothing follows a stream')
  assert.equal(streams.size, 1)
  socket.destroy()
  await waitUntil(() => streams.size === 0)
})

test('a stream that is refused leaves its connection to the next request', async (t) => {
  const { url } = await startServer(t)
  const received = await exchange(url, get('/r/%20/events') + get('/healthz', { Connection: 'close' }))
  assert.match(received, /^HTTP\/1\.1 404 [\s\S]*HTTP\/1\.1 200 OK[\s\S]*alive/)
})

test('a request that can’t be parsed does not take the place of the response before it', async (t) => {
  const { url } = await startServer(t)
  const received = await exchange(url, `${get('/healthz')}NONSENSE\r\n\r\n`)
  assert.match(received, /^HTTP\/1\.1 200 OK[\s\S]*alive\n$/)
  assert.match(
    await exchange(url, 'NONSENSE\r\n\r\n'),
    /^HTTP\/1\.1 400 [\s\S]*This is not a valid HTTP request\.\n$/,
  )
})
