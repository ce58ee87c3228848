import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { ResponseWithDefaults } from '../../../src/web/http/response.ts'

async function fetchFrom(
  t: TestContext,
  respond: (response: ResponseWithDefaults) => void,
): Promise<Response> {
  const server = createServer({ ServerResponse: ResponseWithDefaults }, (_, response) => respond(response))
  t.after(() => server.close())
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
}

test('a response has its default headers unless it sets them itself, in upper or lower case', async (t) => {
  const { status, headers } = await fetchFrom(t, (response) => {
    response.addDefaultHeaders({ 'cache-control': 'no-store', 'x-one': '1' })
    response.addDefaultHeaders({ 'x-two': '2', 'x-one': 'one' })
    response.writeHead(201, { 'Cache-Control': 'max-age=60', 'Set-Cookie': ['a=1', 'b=2'] }).end()
  })
  assert.equal(status, 201)
  assert.equal(headers.get('cache-control'), 'max-age=60')
  assert.equal(headers.get('x-one'), 'one')
  assert.equal(headers.get('x-two'), '2')
  assert.deepEqual(headers.getSetCookie(), ['a=1', 'b=2'])
})

test('default headers are sent even if the response sets no others', async (t) => {
  const { headers } = await fetchFrom(t, (response) => {
    response.addDefaultHeaders({ 'x-one': '1' })
    response.end('hello')
  })
  assert.equal(headers.get('x-one'), '1')
})

test('default headers of one response do not appear in another', async (t) => {
  let first = true
  const server = createServer({ ServerResponse: ResponseWithDefaults }, (_, response) => {
    if (first) response.addDefaultHeaders({ 'x-one': '1' })
    first = false
    response.end()
  })
  t.after(() => server.close())
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  assert.equal((await fetch(url)).headers.get('x-one'), '1')
  assert.equal((await fetch(url)).headers.get('x-one'), null)
})

test('writeHead also accepts a reason, and header fields as an array', async (t) => {
  const { statusText, headers } = await fetchFrom(t, (response) => {
    response.writeHead(200, 'Fine', { 'X-One': '1' }).end()
  })
  assert.equal(statusText, 'Fine')
  assert.equal(headers.get('x-one'), '1')
  const fromArray = await fetchFrom(t, (response) => response.writeHead(200, ['X-One', '1']).end())
  assert.equal(fromArray.headers.get('x-one'), '1')
})
