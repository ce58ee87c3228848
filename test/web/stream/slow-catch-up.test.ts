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

/** So many links that a page shows some 60 KB of it, and a program gets some more. */
const FAT = 'a.com '.repeat(670)

/** What one of them takes at the most. */
const FAT_MAX = 100_000

const NEVER = 86_400_000_000

/** A server, the most that it held at once for any one reader, and all that it wrote. */
async function measured(t: TestContext, clock: Clock = systemClock) {
  const settings = { heartbeat: 3_600_000, streamLife: NEVER }
  const server = await startServer(t, settings, clock)
  const seen = { held: 0, written: 0 }
  server.server.on('connection', (socket: Socket) => {
    const write = socket.write.bind(socket)
    socket.write = (...args: unknown[]) => {
      const { length } = args[0] as Buffer
      seen.held = Math.max(seen.held, socket.writableLength + length)
      seen.written += length
      return Reflect.apply(write, socket, args)
    }
  })
  return { server, seen }
}

/** Says so many long messages in a kept room; the cursor before them. */
async function sayMuch({ chat }: TestServer, room: Slug, count: number): Promise<string> {
  const top = await chat.store.top(room)
  for (let n = 0; n < count; n++)
    await chat.store.append(room, ADA, AUTHOR, parseDraft({ text: `<${n}> ${FAT}` }))
  return formatId(top)
}

/** All that the reader is sent from here on, until this was in it. */
async function readUntil(socket: Socket, last: string | undefined): Promise<string> {
  let text = ''
  socket.resume()
  for await (const data of socket) {
    text += data
    if (last !== undefined && text.includes(last)) break
  }
  return text
}

// The number of each message, by its HTML in pages and its text in programs, which have its HTML too.
const shownIn = (text: string) =>
  [...text.matchAll(/(?:"text":"<|^(?!data: \{).*<p>&lt;)(\w+)/gm)].map(([, n]) => n)
const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => String(from + n))

/** How a reader comes, how many were said that it did not read, and which of those it gets. */
const COMING: readonly [name: string, leaf: (cursor: string) => string, said: number, due: string[]][] = [
  ['a program', (cursor) => `live.json?after=${cursor}`, 200, numbers(0, 200)],
  ['a page', (cursor) => `events?after=${cursor}`, 150, numbers(0, 150)],
  ['a page that begins afresh', (cursor) => `events?after=${cursor}`, 230, numbers(180, 230)],
  ['a page without scripts', () => 'live.html', 80, numbers(30, 80)],
]

for (const [name, leaf, said, due] of COMING)
  test(`${name} that takes its time is brought what it missed in pieces, once and in order, then what was said meanwhile`, async (t) => {
    const { server, seen } = await measured(t)
    const room = await createKeptRoom(server, 'fat')
    const cursor = await sayMuch(server, room, said)
    const reader = openStalledReader(server.url, `/r/fat/${leaf(cursor)}`)
    await waitUntil(() => server.streams.waiting === 1 || seen.written > 2_000_000)
    await server.chat.store.append(room, ADA, AUTHOR, parseDraft({ text: '<meanwhile> it was said' }))
    const text = await readUntil(reader, 'it was said')
    assert.deepEqual(shownIn(text), [...due, 'meanwhile'])
    assert.ok(seen.held < READER_MAX_BYTES + FAT_MAX, `${seen.held} bytes were held`)
  })

test('who does not take what it missed is cut, and nothing of it stays', async (t) => {
  const clock = new JumpingClock()
  const { server } = await measured(t, clock)
  const room = await createKeptRoom(server, 'fat')
  const cursor = await sayMuch(server, room, 150)
  const reader = openStalledReader(server.url, `/r/fat/live.json?after=${cursor}`)
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

test('a page whose stream ends before it was brought all goes on from what it was brought', async (t) => {
  const { server } = await measured(t)
  const room = await createKeptRoom(server, 'fat')
  const cursor = await sayMuch(server, room, 190)
  const reader = openStalledReader(server.url, `/r/fat/live.html?after=${cursor}&continued`)
  await waitUntil(() => server.streams.waiting === 1)
  await server.streams.endInRoom(room, 'rotate')
  const first = await readUntil(reader, undefined)
  const brought = shownIn(first)
  assert.deepEqual(brought, numbers(0, brought.length))
  assert.ok(brought.length < 190)
  const [, held] = /url=[^"]*after=([^"&]+)/.exec(first) ?? []
  const again = openStalledReader(server.url, `/r/fat/live.html?after=${held}&continued`)
  const second = shownIn(await readUntil(again, '&lt;189&gt;'))
  assert.deepEqual(second.slice(second.indexOf(String(brought.length))), numbers(brought.length, 190))
})

test('a vanishing room replays no more than may wait for a reader, and counts what it leaves out', async (t) => {
  const { server, seen } = await measured(t)
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
      body: new URLSearchParams({ text: `<${n}> ${FAT}` }),
    })
  const again = openStalledReader(server.url, `/r/tea/live.json?name=Ada&${query}`)
  const text = await readUntil(again, '<59>')
  const brought = shownIn(text)
  assert.deepEqual(brought, numbers(60 - brought.length, 60))
  assert.ok(brought.length > 0)
  assert.match(text, new RegExp(`"missed":${60 - brought.length}\\b`))
  assert.ok(seen.held < READER_MAX_BYTES + FAT_MAX, `${seen.held} bytes were held`)
})
