import assert from 'node:assert/strict'
import { test } from 'node:test'
import { normalizeTarget } from '../../../src/web/http/request-target.ts'
import { exchange, get, openConnection, readUntil } from '../../support/http/raw-connection.ts'
import { startServer } from '../../support/http/server.ts'
import { Visitor } from '../../support/http/visitor.ts'

/** The target as it is read, and the host; undefined if the target can't be answered. */
function read(url: string, host = 'localhost'): string | undefined {
  const request = { url, headers: { host } as { host: string }, rawHeaders: ['Accept', '*/*', 'HOST', host] }
  if (!normalizeTarget(request)) return undefined
  assert.deepEqual(
    new Headers([request.rawHeaders.slice(0, 2), request.rawHeaders.slice(2)] as [string, string][]).get(
      'host',
    ),
    request.headers.host,
  )
  return `${request.headers.host} ${request.url}`
}

test('each address has one spelling', () => {
  for (const [given, expected] of [
    ['/', '/'],
    ['/r/tea?a=%61#b', '/r/tea?a=%61%23b'],
    ['/embed/tea/mess%61ges', '/embed/tea/messages'],
    ['/%72/t%65a/%6C%69ve.json', '/r/tea/live.json'],
    ['/r/%7E%2D%5f%30', '/r/~-_0'],
    ['/r/caf%C3%A9', '/r/caf%C3%A9'],
    ['/r/tea%2fmessages', '/r/tea%2fmessages'],
    ['/r/%2561', '/r/%2561'],
    ['/r/%E0%A4', '/r/%E0%A4'],
    ['/embed/./messages', '/embed/messages'],
    ['/embed/tea/../me', '/embed/me'],
    ['/r/x/%2e%2E/tea', '/r/tea'],
    ['/../../etc', '/etc'],
    ['/r/tea/.', '/r/tea/'],
    ['/r/tea/..', '/r/'],
    ['/r/.tea/a..b', '/r/.tea/a..b'],
    ['/r\\tea', '/r%5Ctea'],
    ['/r/tea#x', '/r/tea%23x'],
    ['//r/tea', '//r/tea'],
  ] as const)
    assert.equal(read(given), `localhost ${expected}`, given)
})

test('an absolute address is read as its path, and its host replaces the header', () => {
  assert.equal(read('http://chat.local:8000/r/tea?a'), 'chat.local:8000 /r/tea?a')
  assert.equal(read('HTTPS://[::1]/r/te%61'), '[::1] /r/tea')
  assert.equal(read('http://chat.local'), 'chat.local /')
  assert.equal(read('http://chat.local?a'), 'chat.local /?a')
  assert.equal(read('*'), 'localhost *')
  for (const url of ['http://', 'http:///r/tea', 'http://ada@chat.local/', 'ftp://chat.local/', 'r/tea', ''])
    assert.equal(read(url), undefined, url)
})

test('streams and pages are found by an absolute address (RFC 9112 §3.2.2)', async (t) => {
  const { url } = await startServer(t)
  for (const path of ['/r/tea/live.ndjson', '/%72/tea/events', '/r/./tea/live.txt']) {
    const socket = openConnection(url)
    socket.write(get(`${url}${path}`, { Host: 'elsewhere' }))
    assert.match(await readUntil(socket, /\r\n\r\n/), /^HTTP\/1\.1 200 /, path)
    socket.destroy()
  }
  const page = await exchange(
    url,
    get('http://chat.local/r/tea', { Host: 'elsewhere', Accept: 'application/json', Connection: 'close' }),
  )
  assert.match(page, /"url":"http:\/\/chat\.local\/r\/tea"/)
  const foreign = `POST http://chat.local/r/tea/messages HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\n`
  assert.match(
    await exchange(url, `${foreign}Cookie: a=b\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`),
    /^HTTP\/1\.1 403 /,
  )
})

test('no spelling of an embed’s address gets around its ticket', async (t) => {
  const { url } = await startServer(t)
  const visitor = new Visitor(url)
  await visitor.get('/r/tea')
  const cookie = { Cookie: visitor.cookie, Connection: 'close' }
  const status = async (path: string) => (await exchange(url, get(path, cookie))).slice(9, 12)
  for (const path of [
    '/embed/tea/messages',
    '/embed/tea/mess%61ges',
    '/%65mbed/tea/messages',
    '/embed/./tea/messages',
    '/embed/x/%2e%2e/tea/people',
  ])
    assert.equal(await status(path), '403', path)
  // Without its dot segment this is the embed of a room that is called “messages”.
  assert.equal(await status('/embed/./messages'), '200')
})
