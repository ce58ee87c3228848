import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { exchange, get, openConnection } from '../../support/http/raw-connection.ts'
import { createKeptRoom, startServer } from '../../support/http/server.ts'

const SENTENCE = /\r\ncontent-type: text\/plain; charset=utf-8\r\n[\s\S]*\r\n\r\n[A-Z].+\.\n$/i

test('every failure of the protocol is a sentence, and its length and policy are given', async (t) => {
  const { url } = await startServer(t)
  const long = 'x'.repeat(5000)
  for (const [status, request] of [
    [431, get('/', { A: long, B: long, C: long, D: long })],
    // More than the kernel takes at once: the rest must not reset the connection.
    [431, get('/', { A: 'x'.repeat(3_000_000) })],
    [431, get(`/${'x'.repeat(20_000)}`)],
    [400, 'NONSENSE\r\n\r\n'],
    [400, 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n'],
    [400, get('r/tea', { Connection: 'close' })],
    [400, get('http://ada@localhost/', { Connection: 'close' })],
    [400, get('*', { Connection: 'close' })],
    [400, 'POST /rooms HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n\r\n'],
    // RFC 9112 §3.2 and §6.1.
    [400, 'GET /about HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\nConnection: close\r\n\r\n'],
    [
      501,
      'POST /r/tea/messages HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip, chunked\r\nConnection: close\r\n\r\n0\r\n\r\n',
    ],
    [405, 'CONNECT example.org:443 HTTP/1.1\r\nHost: example.org:443\r\n\r\n'],
    [417, get('/', { Expect: 'a miracle', Connection: 'close' })],
  ] as const) {
    const received = await exchange(url, request)
    assert.match(received, new RegExp(`^HTTP/1\\.1 ${status} `), request.slice(0, 100))
    assert.match(received, SENTENCE)
    assert.match(received, /\r\ncontent-security-policy: default-src 'none'/i)
    assert.match(received, /\r\nconnection: close\r\n/i)
  }
})

test('OPTIONS of the whole server lists what it allows', async (t) => {
  const { url } = await startServer(t)
  const received = await exchange(url, 'OPTIONS * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
  assert.match(
    received,
    /^HTTP\/1\.1 204 [\s\S]*\r\nallow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS\r\n/i,
  )
})

test('HEAD of a stream has the headers of the stream, and opens none', async (t) => {
  const server = await startServer(t)
  const { url, streams } = server
  const leaves = ['events', 'live.json', 'live.ndjson', 'live.txt', 'live.html']
  for (const path of leaves.map((leaf) => `/r/tea/${leaf}`)) {
    const opened = streams.opened
    const head = await fetch(url + path, { method: 'HEAD' })
    assert.equal(streams.opened, opened)
    const abort = new AbortController()
    const stream = await fetch(url + path, { signal: abort.signal })
    abort.abort()
    assert.equal(head.status, 200, path)
    for (const name of ['content-type', 'cache-control', 'content-security-policy', 'x-accel-buffering'])
      assert.equal(head.headers.get(name), stream.headers.get(name), `${path} ${name}`)
    assert.equal(await head.text(), '')
  }
  assert.equal((await fetch(`${url}/r/%20/events`, { method: 'HEAD' })).status, 404)
  const room = await createKeptRoom(server, 'gone')
  await server.chat.store.deleteRoom(room)
  assert.equal((await fetch(`${url}/r/gone/events`, { method: 'HEAD' })).status, 410)
})

test('headers that arrive slowly are cut at their time, not half a minute later', async (t) => {
  const { url, server } = await startServer(t)
  assert.ok(server.headersTimeout <= 15_000 && server.requestTimeout <= 15_000)
  server.headersTimeout = 200
  server.requestTimeout = 400
  for (const begun of [
    'GET / HTTP/1.1\r\nHost: local',
    'POST /rooms HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nroom=t',
  ]) {
    const began = performance.now()
    const socket = openConnection(url)
    const dripping = setInterval(() => socket.write('x'), 50)
    if (begun.startsWith('POST')) clearInterval(dripping)
    socket.write(begun)
    let received = ''
    socket.setEncoding('utf8').on('data', (text) => {
      received += text
    })
    await once(socket, 'close')
    clearInterval(dripping)
    // Node’s own interval is 30 s.
    assert.ok(performance.now() - began < 15_000)
    assert.match(received, /^HTTP\/1\.1 408 /)
    assert.match(received, /did not arrive completely in time/)
  }
})
