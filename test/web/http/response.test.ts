import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { ResponseWithDefaults } from '../../../src/web/http/response.ts'

async function answered(t: TestContext, speak: (answer: ResponseWithDefaults) => void): Promise<Response> {
  const server = createServer({ ServerResponse: ResponseWithDefaults }, (_, answer) => speak(answer))
  t.after(() => server.close())
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
}

test('a response has its default headers unless it sets them itself, in upper or lower case', async (t) => {
  const { status, headers } = await answered(t, (answer) => {
    answer.addDefaultHeaders({ 'cache-control': 'no-store', 'x-one': '1' })
    answer.addDefaultHeaders({ 'x-two': '2', 'x-one': 'one' })
    answer.writeHead(201, { 'Cache-Control': 'max-age=60', 'Set-Cookie': ['a=1', 'b=2'] }).end()
  })
  assert.equal(status, 201)
  assert.equal(headers.get('cache-control'), 'max-age=60')
  assert.equal(headers.get('x-one'), 'one')
  assert.equal(headers.get('x-two'), '2')
  assert.deepEqual(headers.getSetCookie(), ['a=1', 'b=2'])
})

test('default headers are sent even if the response sets no others', async (t) => {
  const { headers } = await answered(t, (answer) => {
    answer.addDefaultHeaders({ 'x-one': '1' })
    answer.end('said')
  })
  assert.equal(headers.get('x-one'), '1')
})

test('default headers of one response do not appear in another', async (t) => {
  let first = true
  const server = createServer({ ServerResponse: ResponseWithDefaults }, (_, answer) => {
    if (first) answer.addDefaultHeaders({ 'x-one': '1' })
    first = false
    answer.end()
  })
  t.after(() => server.close())
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  assert.equal((await fetch(url)).headers.get('x-one'), '1')
  assert.equal((await fetch(url)).headers.get('x-one'), null)
})

test('writeHead also accepts a reason, and header fields as an array', async (t) => {
  const { statusText, headers } = await answered(t, (answer) => {
    answer.writeHead(200, 'Fine', { 'X-One': '1' }).end()
  })
  assert.equal(statusText, 'Fine')
  assert.equal(headers.get('x-one'), '1')
  const inRow = await answered(t, (answer) => answer.writeHead(200, ['X-One', '1']).end())
  assert.equal(inRow.headers.get('x-one'), '1')
})
