import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { formatId, type Posted } from '../../src/chat/event.ts'
import { parseDraft } from '../../src/chat/message.ts'
import { parseSlug } from '../../src/chat/room.ts'
import { RESPONSE_STALL_MS } from '../../src/web/server.ts'
import { ADA, AUTHOR } from '../support/events.ts'
import { createKeptRoom, startServer } from '../support/http/server.ts'
import { SseReader } from '../support/http/sse-reader.ts'
import { openStalledReader, waitUntil } from '../support/http/stalled-reader.ts'
import { Visitor } from '../support/http/visitor.ts'

const LONG_TEXT = 'a.com '.repeat(670)

/** The stall timeout in these tests. */
const STALL_MS = 1000

/** A server with a short stall timeout, and a kept room with pages of the maximum length. */
async function startImpatientServer(t: TestContext) {
  const server = await startServer(t, { heartbeat: 3_600_000 })
  assert.equal(server.server.timeout, RESPONSE_STALL_MS)
  server.server.timeout = STALL_MS
  const room = await createKeptRoom(server, 'fat')
  const posted: Posted[] = []
  for (let n = 0; n < 100; n++)
    posted.push(
      await server.chat.store.append(room, ADA, AUTHOR, parseDraft({ text: `<${n}> ${LONG_TEXT}` })),
    )
  const sockets: Socket[] = []
  server.server.on('connection', (socket) => sockets.push(socket))
  return { server, posted, sockets }
}

/** Opens a connection that sends no request, and resolves when the server has closed it. */
async function idleTimeout(url: string): Promise<void> {
  await once(connect(Number(new URL(url).port), '127.0.0.1').resume(), 'close')
}

const REQUEST_COUNT = 12
const REQUEST = 'GET /r/fat/messages?limit=100 HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n'

test('a client that reads nothing of its response is disconnected', async (t) => {
  const { server, sockets } = await startImpatientServer(t)
  const reader = openStalledReader(server.url, '/r/fat')
  reader.on('error', () => {})
  // More than any kernel buffers for a connection.
  reader.write(`${REQUEST}\r\n`.repeat(REQUEST_COUNT))
  await waitUntil(() => (sockets[0]?.writableLength ?? 0) > 0)
  await waitUntil(() => sockets[0]?.destroyed === true)
})

test('a client that reads slowly but steadily gets the whole response', async (t) => {
  const { server } = await startImpatientServer(t)
  const reader = connect(Number(new URL(server.url).port), '127.0.0.1')
  reader.write(`${REQUEST}\r\n`.repeat(REQUEST_COUNT - 1))
  reader.write(`${REQUEST}Connection: close\r\n\r\n`)
  const started = performance.now()
  let answers = 0
  for await (const data of reader) {
    answers += String(data).split('HTTP/1.1 200').length - 1
    // After four timeouts the rest is read at full speed.
    if (performance.now() - started < 4 * STALL_MS) await wait(STALL_MS / 50)
  }
  assert.ok(answers >= REQUEST_COUNT - 1, `${answers} answers`)
})

test('a quiet stream, and a page that waits for the next message, are not disconnected', async (t) => {
  const { server } = await startImpatientServer(t)
  const { url, chat } = server
  const ada = new Visitor(url)
  const log = await (await ada.get('/r/tea/log')).text()
  const [, next] = /href="(\/r\/tea\/log\/[^"]+\/wait)/.exec(log) ?? []
  assert.ok(next)
  const stream = await SseReader.open(`${url}/r/tea/events`)
  await stream.next(({ event }) => event === 'open')
  let answered = false
  const page = ada.get(next).then((response) => {
    answered = true
    return response.text()
  })
  const feed = await chat.hub.feed(parseSlug('tea'))
  await waitUntil(() => feed.readerCount === 2)
  await idleTimeout(url)
  assert.equal(answered, false)
  await ada.post('/r/tea/messages', { text: 'at last' })
  assert.match(await page, /at last/)
  await stream.next(({ data }) => data.includes('at last'))
  await stream.close()
})

test('a page of history with very long messages ends early and leads to the rest', async (t) => {
  const { server, posted } = await startImpatientServer(t)
  const ids: string[] = []
  let before: string | null = ''
  while (before !== null) {
    const response = await fetch(`${server.url}/r/fat/messages?limit=100${before && `&before=${before}`}`, {
      headers: { Accept: 'application/json' },
    })
    const text = await response.text()
    assert.ok(text.length < 1_400_000, `${text.length} characters`)
    const page = JSON.parse(text) as { messages: { id: string }[]; before: string | null }
    assert.ok(page.messages.length > 0)
    ids.unshift(...page.messages.map(({ id }) => id))
    before = page.before
  }
  assert.deepEqual(
    ids,
    posted.map(({ id }) => formatId(id)),
  )
})
