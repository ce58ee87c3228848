import assert from 'node:assert/strict'
import type { Socket } from 'node:net'
import { test } from 'node:test'
import { Bystander } from '../../support/http/bystander.ts'
import { openConnection } from '../../support/http/raw-connection.ts'
import { startServer } from '../../support/http/server.ts'
import { waitUntil } from '../../support/http/stalled-reader.ts'

const BEGINNINGS = [
  '',
  'GET / HT',
  'GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ',
  'POST /r/tea/messages HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nContent-Length: 9\r\n\r\nslow',
  'POST /r/tea/messages HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nslo',
]

test('hundreds of requests that never end are closed in time, and others notice nothing', async (t) => {
  const { url, server } = await startServer(t)
  // Checked once a second; the defaults of 10 and 15 seconds would only make the test slower.
  server.headersTimeout = 500
  server.requestTimeout = 500
  const bystander = new Bystander(t, url)
  const answers = new Map<Socket, string>()
  for (let n = 0; n < 400; n++) {
    const socket = openConnection(url).setEncoding('utf8')
    answers.set(socket, '')
    socket.on('data', (text) => answers.set(socket, `${answers.get(socket)}${text}`))
    socket.write(BEGINNINGS[n % BEGINNINGS.length] ?? '')
  }
  const sockets = [...answers.keys()]
  t.after(() => {
    for (const socket of sockets) socket.destroy()
  })
  const median = await bystander.post(20)
  assert.ok(median < 1000, `the bystander’s posts took ${median} ms`)
  await waitUntil(() => sockets.every(({ closed }) => closed))
  for (const answer of answers.values()) assert.match(answer, /^(?:HTTP\/1\.1 (?:408|415|422) [\s\S]*\.\n)?$/)
})
