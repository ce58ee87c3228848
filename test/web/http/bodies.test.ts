import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { eventually } from '../../support/eventually.ts'
import { startServer } from '../../support/http/server.ts'

const FORM = 'application/x-www-form-urlencoded'

interface Answer {
  readonly status: number
  readonly code: string | undefined
  readonly message: string | undefined
}

async function send(
  address: string,
  type: string,
  body: string | Uint8Array<ArrayBuffer>,
  headers = {},
): Promise<Answer> {
  const response = await fetch(address, {
    method: 'POST',
    body,
    headers: { Accept: 'application/json', 'Content-Type': type, ...headers },
  })
  const { error } = (await response.json()) as { error?: { code: string; message: string } }
  return { status: response.status, code: error?.code, message: error?.message }
}

test('a JSON field that is not a plain value is refused, and is not logged as a bug', async (t) => {
  const { url, logged } = await startServer(t)
  const strange = [{ toString: 1, valueOf: 1 }, JSON.parse('['.repeat(5000) + ']'.repeat(5000)), [{}]]
  for (const value of strange) {
    for (const [address, field] of [
      ['/r/tea/messages', 'text'],
      ['/r/tea/messages', 'log'],
      ['/r/tea/name', 'name'],
      ['/rooms', 'room'],
      ['/rooms', 'kind'],
    ]) {
      const body = JSON.stringify({ room: 'tea', text: 'x', name: 'Ada', [String(field)]: value })
      const { status, code } = await send(url + address, 'application/json', body)
      assert.deepEqual({ status, code }, { status: 422, code: 'invalid' }, `${address} ${field}`)
    }
  }
  assert.doesNotMatch(logged(), /"bug"/)
})

test('a body with too many fields is refused', async (t) => {
  const { url } = await startServer(t)
  const many = {
    [FORM]: 'a&'.repeat(100_000),
    'application/json': JSON.stringify(Object.fromEntries(Array.from({ length: 65 }, (_, n) => [n, n]))),
    'multipart/form-data; boundary=x': '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n'.repeat(
      65,
    ),
  }
  for (const [type, body] of Object.entries(many)) {
    const { status, message } = await send(`${url}/r/tea/messages`, type, body)
    assert.equal(status, 422, type)
    assert.match(message ?? '', /too many fields/)
  }
  assert.equal((await send(`${url}/r/tea/messages`, FORM, `${'a&'.repeat(60)}text=x`)).status, 201)
})

test('a body that is compressed or in an unknown encoding is refused with 415, and posts no garbage', async (t) => {
  const { url } = await startServer(t)
  const address = `${url}/r/tea/messages`
  const gzip = await send(address, 'text/plain', new Uint8Array(gzipSync('hello')), {
    'Content-Encoding': 'gzip',
  })
  const unknown = await send(address, 'text/plain; charset=ebcdic-cp-us', new Uint8Array([0x63, 0xe9]))
  for (const { status, code } of [gzip, unknown])
    assert.deepEqual({ status, code }, { status: 415, code: 'unsupported' })
  for (const charset of ['UTF-8', '"utf-8"', 'us-ascii'])
    assert.equal((await send(address, `text/plain; charset=${charset}`, 'x')).status, 201)
})

test('an upload that breaks off is not logged as a bug', async (t) => {
  const { url, logged, server } = await startServer(t)
  const { hostname, port } = new URL(url)
  for (const rest of [
    'Content-Length: 100\r\n\r\nshort',
    'Transfer-Encoding: chunked\r\n\r\n5\r\nshort\r\n',
  ]) {
    const socket = connect(Number(port), hostname)
    socket.write(`POST /r/tea/messages HTTP/1.1\r\nHost: ${hostname}\r\nContent-Type: text/plain\r\n${rest}`)
    const requested = new Promise((resolve) => server.once('request', resolve))
    await requested
    socket.resetAndDestroy()
    await eventually(async () => {
      const left = await new Promise<number>((resolve) =>
        server.getConnections((_error, count) => resolve(count)),
      )
      assert.equal(left, 0)
    })
  }
  // The event loop answers this request after it has handled the broken upload.
  assert.equal((await send(`${url}/r/tea/messages`, FORM, 'text=x')).status, 201)
  assert.doesNotMatch(logged(), /"bug"/)
})

test('an address that can’t be decoded is 404, and never another room', async (t) => {
  const { url } = await startServer(t)
  for (const address of ['/r/%E0%A4', '/r/caf%E9'])
    assert.equal((await fetch(url + address, { redirect: 'manual' })).status, 404, address)
  const { status } = await send(`${url}/r/%E0%A4/messages`, FORM, 'text=x')
  assert.equal(status, 404)
  assert.equal((await fetch(`${url}/r/caf%C3%A9/people`)).status, 200)
})

test('a link that is too long for a QR code is a 404', async (t) => {
  const { url, logged } = await startServer(t)
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  socket.end(
    `GET /r/tea/qr.svg HTTP/1.1\r\nHost: ${'a'.repeat(3000)}\r\nSec-Fetch-Site: none\r\nConnection: close\r\n\r\n`,
  )
  const answer = (await socket.setEncoding('utf8').toArray()).join('')
  assert.match(answer, /^HTTP\/1\.1 404 /)
  assert.doesNotMatch(logged(), /"bug"/)
})
