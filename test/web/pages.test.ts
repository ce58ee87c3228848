import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { startServer } from '../support/http/server.ts'
import { findStreamAddress, Visitor } from '../support/http/visitor.ts'

test('any name makes a room, and its address follows the slug rule', async (t) => {
  const { url } = await startServer(t)
  const response = await new Visitor(url).post('/rooms', { room: ' Ｔea  at Five! ' })
  assert.equal(response.status, 303)
  assert.equal(response.headers.get('Location'), '/r/tea-at-five')
})

test('a name that can’t be a room is given back as typed, with a sentence', async (t) => {
  const { url } = await startServer(t)
  for (const room of ['', '!!!', '<>', 'x'.repeat(49)]) {
    const response = await new Visitor(url).post('/rooms', { room, listed: 'yes' })
    assert.equal(response.status, 422)
    const html = await response.text()
    assert.match(html, /role="alert">A room’s name/)
    assert.ok(html.includes(room === '' ? 'aria-invalid' : `value="${room === '<>' ? '&lt;&gt;' : room}"`))
    assert.match(html, /checked/)
  }
})

test('the home page shows how many people are in a listed room, but not who, and no unlisted rooms', async (t) => {
  const { url } = await startServer(t)
  const [ada, ben] = [new Visitor(url), new Visitor(url)]
  await ada.post('/rooms', { room: 'open house', listed: 'yes' })
  await ada.post('/rooms', { room: 'secret' })
  const before = await (await ada.get('/')).text()
  assert.doesNotMatch(before, /open-house|secret/)
  const streams = [
    await ada.enter('open-house'),
    await ada.enter('open-house'),
    await ben.enter('open-house'),
  ]
  streams.push(await ben.enter('secret'))
  await Promise.all(streams.map((stream) => stream.next(({ event }) => event === 'open')))
  const home = await (await new Visitor(url).get('/')).text()
  assert.match(home, /open-house<\/bdi><\/a> <span>2 here/)
  assert.doesNotMatch(home, /secret/)
  const room = await (await ada.get('/r/open-house')).text()
  const name = /class="own-name">([^<]+)/.exec(room)?.[1]
  assert.ok(name && !home.includes(name))
  await Promise.all(streams.map((stream) => stream.close()))
})

test('another spelling of a room’s address redirects to the room', async (t) => {
  const { url } = await startServer(t)
  const response = await new Visitor(url).get('/r/Tea%20At%20Five')
  assert.equal(response.status, 301)
  assert.equal(response.headers.get('Location'), '/r/tea-at-five')
  const cyrillic = await new Visitor(url).get(`/r/${encodeURIComponent('ЧАЙ')}`)
  assert.equal(cyrillic.headers.get('Location'), `/r/${encodeURIComponent('чай')}`)
})

test('an address that can’t be a room’s is 404 with a sentence, on every route below /r', async (t) => {
  const { url } = await startServer(t)
  for (const path of ['/r/%21%21', `/r/${'x'.repeat(49)}`, '/r/%21/composer', '/nothing', '/r/a/b/c']) {
    const response = await new Visitor(url).get(path)
    assert.equal(response.status, 404, path)
    const title = path === '/r/a/b/c' ? 'Nothing here' : 'No room here yet'
    assert.ok((await response.text()).includes(`<h1>${title}</h1>`), path)
  }
  const json = await new Visitor(url).get('/nothing', { Accept: 'application/json' })
  assert.deepEqual(await json.json(), {
    error: { code: 'not-found', message: 'There is nothing at this address.' },
  })
})

test('opening a room’s page creates nothing', async (t) => {
  const { url } = await startServer(t)
  const [ada, ben] = [new Visitor(url), new Visitor(url)]
  const first = findStreamAddress(await (await ada.get('/r/hushed')).text())
  await ben.get('/r/hushed')
  const second = findStreamAddress(await (await ada.get('/r/hushed')).text())
  assert.match(first, /after=[0-9a-z]+\.0&/)
  assert.match(second, /after=[0-9a-z]+\.0&/)
  assert.doesNotMatch(await (await ada.get('/')).text(), /hushed/)
})

test('every page has a policy for what it may load and who may frame it', async (t) => {
  const { url } = await startServer(t)
  const visitor = new Visitor(url)
  for (const path of ['/', '/r/tea', '/nothing']) {
    const { headers } = await visitor.get(path)
    const policy = headers.get('Content-Security-Policy') ?? ''
    assert.match(policy, /^default-src 'none'/)
    assert.match(policy, /frame-ancestors 'none'/)
    assert.match(policy, /base-uri 'none'/)
    assert.doesNotMatch(policy, /unsafe/)
    assert.equal(headers.get('X-Content-Type-Options'), 'nosniff')
    assert.equal(headers.get('Referrer-Policy'), 'same-origin')
    assert.equal(headers.get('Cache-Control'), 'no-store')
  }
  for (const path of ['/r/tea/composer', '/r/tea/live.html']) {
    const abort = new AbortController()
    const { headers } = await fetch(url + path, { signal: abort.signal })
    assert.match(headers.get('Content-Security-Policy') ?? '', /frame-ancestors 'self'/)
    assert.doesNotMatch(headers.get('Content-Security-Policy') ?? '', /script-src/)
    abort.abort()
  }
})

test('assets are immutable, compressed as requested, and the same bytes in every encoding', async (t) => {
  const { url } = await startServer(t)
  const html = await (await new Visitor(url).get('/r/tea')).text()
  const paths = [...html.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map((match) => match[1] ?? '')
  assert.ok(paths.length >= 4)
  for (const path of paths) {
    const plain = await fetch(url + path, { headers: { 'Accept-Encoding': 'identity' } })
    const packed = await fetch(url + path, { headers: { 'Accept-Encoding': 'gzip;q=0, br' } })
    assert.equal(plain.headers.get('Content-Encoding'), null)
    assert.equal(packed.headers.get('Content-Encoding'), 'br')
    assert.match(plain.headers.get('Cache-Control') ?? '', /immutable/)
    assert.equal(await packed.text(), await plain.text())
  }
})

test('a load balancer can check readiness by HTTP/1.0, without a Host header', async (t) => {
  const { url } = await startServer(t)
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  // The request of `option httpchk GET /readyz` in HAProxy.
  socket.write('GET /readyz HTTP/1.0\r\n\r\n')
  assert.match(await text(socket), /^HTTP\/1\.1 200 OK\r\n/)
})

test('/healthz and /readyz answer, and readiness ends first', async (t) => {
  const server = await startServer(t)
  assert.equal((await fetch(`${server.url}/healthz`)).status, 200)
  assert.equal((await fetch(`${server.url}/readyz`)).status, 200)
  server.markUnready()
  assert.equal((await fetch(`${server.url}/healthz`)).status, 200)
  const unready = await fetch(`${server.url}/readyz`)
  assert.equal(unready.status, 503)
  assert.ok(Number(unready.headers.get('Retry-After')) > 0)
})

test('a malformed request gets 400 and affects nobody else', async (t) => {
  const { url } = await startServer(t)
  const { port } = new URL(url)
  for (const request of [
    'GET / HTTP/1.1\r\n\r\n',
    'GET /r/tea HTTP/1.1\r\nAccept: text/html\r\n\r\n',
    'x\r\n\r\n',
  ]) {
    const socket = connect(Number(port), '127.0.0.1')
    socket.end(request)
    assert.match(await text(socket), /^HTTP\/1\.1 400 /)
  }
  assert.equal((await new Visitor(url).get('/r/tea')).status, 200)
})
