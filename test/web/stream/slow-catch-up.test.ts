import assert from 'node:assert/strict'
import type { Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import { formatId } from '../../../src/chat/event.ts'
import { parseDraft } from '../../../src/chat/message.ts'
import type { Clock } from '../../../src/chat/ports/clock.ts'
import type { Slug } from '../../../src/chat/room.ts'
import { systemClock } from '../../../src/system/clock.ts'
import { READER_MAX_BYTES } from '../../../src/web/stream/stream.ts'
import { ADA, AUTHOR } from '../../support/events.ts'
import { createKeptRoom, startServer, type TestServer } from '../../support/http/server.ts'
import { openStalledReader, waitUntil } from '../../support/http/stalled-reader.ts'
import { JumpingClock } from '../../support/jumping-clock.ts'

/** A text that takes six times as much in a page, where it is escaped, and more in a program. */
const LONG_TEXT = '"'.repeat(3400)

/** What no client can post, but what fills the buffers of the kernel: some 60 KB in a page. */
const STORED_TEXT = '"'.repeat(10_000)

/** The size of one such message at most, in any format. */
const LONG_MESSAGE_MAX_BYTES = 100_000

const DRAFT = parseDraft({ text: 'short' })

const NEVER = 86_400_000_000

/** A server, the most bytes that it held at once for any reader, and all bytes that it wrote. */
async function startMeasuredServer(t: TestContext, clock: Clock = systemClock) {
  const settings = { heartbeat: 3_600_000, streamLife: NEVER }
  const server = await startServer(t, settings, clock)
  const bytes = { held: 0, written: 0 }
  server.server.on('connection', (socket: Socket) => {
    const write = socket.write.bind(socket)
    socket.write = (...args: unknown[]) => {
      const { length } = args[0] as Buffer
      bytes.held = Math.max(bytes.held, socket.writableLength + length)
      bytes.written += length
      return Reflect.apply(write, socket, args)
    }
  })
  return { server, bytes }
}

/** Posts this many long messages in a kept room. @returns the cursor before them */
async function postLongMessages({ chat }: TestServer, room: Slug, count: number): Promise<string> {
  const top = await chat.store.top(room)
  for (let n = 0; n < count; n++)
    await chat.store.append(room, ADA, AUTHOR, { ...DRAFT, text: `<${n}> ${STORED_TEXT}` })
  return formatId(top)
}

/** Everything that the reader is sent from now on, until it contains `last`. */
async function readUntil(socket: Socket, last: string | undefined): Promise<string> {
  let text = ''
  socket.resume()
  for await (const data of socket) {
    text += data
    if (last !== undefined && text.includes(last)) break
  }
  return text
}

// The number of each message: from its HTML in pages, and from its text for programs, which get its HTML too.
const numbersIn = (text: string) =>
  [...text.matchAll(/(?:"text":"<|^(?!data: \{).*<p>&lt;)(\w+)/gm)].map(([, n]) => n)
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => String(from + n))

/** The stream of a reader, how many messages it missed, and which of them it gets. */
const READERS: readonly [
  name: string,
  leaf: (cursor: string) => string,
  missed: number,
  expected: string[],
][] = [
  ['program', (cursor) => `live.json?after=${cursor}`, 200, range(0, 200)],
  ['page', (cursor) => `events?after=${cursor}`, 150, range(0, 150)],
  ['page that begins afresh', (cursor) => `events?after=${cursor}`, 230, range(180, 230)],
  // As many of the newest as fit into the bound of a page (P10).
  ['page without scripts', () => 'live.html', 80, range(63, 80)],
]

for (const [name, leaf, missed, expected] of READERS)
  test(`P9: a slow ${name} gets what it missed in pieces, once and in order, then what was posted meanwhile`, async (t) => {
    const { server, bytes } = await startMeasuredServer(t)
    const room = await createKeptRoom(server, 'long')
    const cursor = await postLongMessages(server, room, missed)
    const reader = openStalledReader(server.url, `/r/long/${leaf(cursor)}`)
    await waitUntil(() => server.streams.waiting === 1 || bytes.written > 900_000)
    await server.chat.store.append(room, ADA, AUTHOR, parseDraft({ text: '<meanwhile> it was said' }))
    const text = await readUntil(reader, 'it was said')
    assert.deepEqual(numbersIn(text), [...expected, 'meanwhile'])
    assert.ok(bytes.held < READER_MAX_BYTES + LONG_MESSAGE_MAX_BYTES, `${bytes.held} bytes were held`)
  })

test('P9: a reader that does not take what it missed is cut, and leaves the feed', async (t) => {
  const clock = new JumpingClock()
  const { server } = await startMeasuredServer(t, clock)
  const room = await createKeptRoom(server, 'long')
  const cursor = await postLongMessages(server, room, 150)
  const reader = openStalledReader(server.url, `/r/long/live.json?after=${cursor}`)
  reader.on('error', () => {})
  await waitUntil(() => server.streams.waiting === 1)
  const feed = await server.chat.hub.feed(room)
  assert.equal(feed.readerCount, 1)
  await waitUntil(() => {
    clock.advance(20_000)
    return server.streams.size === 0
  })
  assert.deepEqual([feed.readerCount, server.streams.cut], [0, 1])
})

test('a page whose stream ends during catch-up continues from the last message that it got', async (t) => {
  const { server } = await startMeasuredServer(t)
  const room = await createKeptRoom(server, 'long')
  const cursor = await postLongMessages(server, room, 190)
  const reader = openStalledReader(server.url, `/r/long/live.html?after=${cursor}&continued`)
  await waitUntil(() => server.streams.waiting === 1)
  await server.streams.endInRoom(room, 'rotate')
  const first = await readUntil(reader, undefined)
  const received = numbersIn(first)
  assert.deepEqual(received, range(0, received.length))
  assert.ok(received.length < 190)
  const [, lastId] = /url=[^"]*after=([^"&]+)/.exec(first) ?? []
  const resumed = openStalledReader(server.url, `/r/long/live.html?after=${lastId}&continued`)
  const second = numbersIn(await readUntil(resumed, '&lt;189&gt;'))
  assert.deepEqual(second.slice(second.indexOf(String(received.length))), range(received.length, 190))
})

test('P9: a vanishing room replays no more than may wait for a reader, and counts the rest as missed', async (t) => {
  const { server, bytes } = await startMeasuredServer(t)
  const member = openStalledReader(server.url, '/r/tea/live.json?name=Ada')
  const opening = await new Promise<string>((resolve) => {
    let text = ''
    member.on('data', (data) => {
      text += data
      if (text.includes('"resume"')) resolve(text)
    })
    member.resume()
  })
  member.destroy()
  await waitUntil(() => server.streams.size === 0)
  const query = JSON.parse(/\{"kind":"resume".*?\}/.exec(opening)?.[0] ?? '{}').query
  for (let n = 0; n < 60; n++)
    await fetch(`${server.url}/r/tea/messages?name=Ben`, {
      method: 'POST',
      body: new URLSearchParams({ text: `<${n}> ${LONG_TEXT}` }),
    })
  const resumed = openStalledReader(server.url, `/r/tea/live.json?name=Ada&${query}`)
  const text = await readUntil(resumed, '<59>')
  const received = numbersIn(text)
  assert.deepEqual(received, range(60 - received.length, 60))
  assert.ok(received.length > 0)
  assert.match(text, new RegExp(`"missed":${60 - received.length}\\b`))
  assert.ok(bytes.held < READER_MAX_BYTES + LONG_MESSAGE_MAX_BYTES, `${bytes.held} bytes were held`)
})
