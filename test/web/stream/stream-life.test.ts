import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { NO_LIMITS } from '../../../src/config/limit-flags.ts'
import { startServer } from '../../support/http/server.ts'
import { SseReader } from '../../support/http/sse-reader.ts'
import { openStalledReader, waitUntil } from '../../support/http/stalled-reader.ts'
import { findStreamAddress, Visitor } from '../../support/http/visitor.ts'
import { JumpingClock } from '../../support/jumping-clock.ts'

const NEVER = 86_400_000_000

const isOpen = ({ event }: { event?: string | undefined }) => event === 'open'

test('a quiet stream shows that it lives', async (t) => {
  const { url } = await startServer(t, { heartbeat: 150 })
  const stream = await SseReader.open(`${url}/r/tea/events`)
  await stream.next(({ event }) => event === 'beat')
  await stream.next(({ event }) => event === 'beat', stream.events.length)
  await stream.close()
})

test('a stream ends by itself with a word on when to come back, and nothing is lost', async (t) => {
  const { url, streams } = await startServer(t, { heartbeat: 150, streamLife: 300 })
  const ada = new Visitor(url)
  const address = findStreamAddress(await (await ada.get('/r/tea')).text())
  const seen: string[] = []
  let posting = true
  const poster = (async () => {
    for (let n = 0; n < 60; n++) await ada.post('/r/tea/messages', { text: `<${n}>` })
    posting = false
    await ada.post('/r/tea/messages', { text: 'the end' })
  })()
  let lastEventId = ''
  let rotations = 0
  while (!seen.includes('the end') || rotations === 0) {
    const stream = await ada.follow(address, lastEventId === '' ? {} : { 'Last-Event-ID': lastEventId })
    await stream.ended
    assert.match(stream.events.at(-1)?.event ?? '', /rotate/)
    rotations++
    for (const { id, data, event } of stream.events) {
      if (id !== undefined) lastEventId = id
      if (event === undefined && id !== undefined) seen.push(/<p>(.*?)<\/p>/.exec(data)?.[1] ?? data)
    }
  }
  await poster
  assert.equal(posting, false)
  assert.deepEqual(seen, [...Array.from({ length: 60 }, (_, n) => `&lt;${n}&gt;`), 'the end'])
  assert.equal(streams.size, 0)
})

test('a reader that stops reading is cut at its bound, and the others feel nothing', async (t) => {
  const { url, streams } = await startServer(t)
  const ada = new Visitor(url)
  const good = await ada.enter('tea')
  await good.next(isOpen)
  const stalled = openStalledReader(url, '/r/tea/events')
  await waitUntil(() => streams.size === 2)
  const text = 'x'.repeat(4096)
  let posted = 0
  while (streams.size === 2 && posted < 6000) {
    await ada.post('/r/tea/messages', { text }, { Accept: 'application/json' })
    posted++
  }
  assert.equal(streams.size, 1, `not cut after ${posted} messages`)
  await ada.post('/r/tea/messages', { text: 'the end' })
  await good.next(({ data }) => data.includes('the end'))
  assert.equal(good.messages.length, posted + 1)
  stalled.destroy()
  await good.close()
})

test('a reader that takes nothing for 20 s is cut, however little waits', async (t) => {
  const clock = new JumpingClock()
  const { url, streams } = await startServer(t, { heartbeat: 3_600_000, streamLife: NEVER }, clock)
  const ada = new Visitor(url)
  const stalled = openStalledReader(url, '/r/tea/events')
  await waitUntil(() => streams.size === 1)
  const text = 'x'.repeat(4096)
  while (streams.waiting === 0) await ada.post('/r/tea/messages', { text }, { Accept: 'application/json' })
  // By a reset: the kernel keeps nothing for it any more.
  const reset = once(stalled, 'error')
  // The first look after a jump finds that something waits, a later one that it still does.
  await waitUntil(() => {
    clock.advance(20_000)
    return streams.size === 0
  })
  stalled.resume()
  assert.equal((await reset)[0].code, 'ECONNRESET')
})

test('beyond a session’s bound a stream is told to come back later, and never refused', async (t) => {
  const { url } = await startServer(t, { limits: { ...NO_LIMITS, stream: { session: 2, address: 100 } } })
  const ada = new Visitor(url)
  const first = await ada.enter('tea')
  const second = await ada.enter('milk')
  const third = await ada.enter('tea')
  assert.equal(third.response.status, 200)
  const busy = await third.next(({ event }) => event === 'busy')
  assert.equal(busy.data, '')
  await third.ended
  const stranger = await new Visitor(url).enter('tea')
  await stranger.next(isOpen)
  await first.close()
  for (;;) {
    const again = await ada.enter('tea')
    const { event } = await again.next(({ event }) => event === 'open' || event === 'busy')
    await again.close()
    if (event === 'open') break
  }
  await Promise.all([second.close(), stranger.close()])
})

test('the process has a bound as well', async (t) => {
  const { url } = await startServer(t, { maxStreams: 1 })
  const first = await SseReader.open(`${url}/r/tea/events`)
  await first.next(isOpen)
  for (const leaf of ['events', 'live.json', 'live.ndjson', 'live.txt', 'live.html']) {
    const response = await fetch(`${url}/r/tea/${leaf}`)
    assert.equal(response.status, 200)
    assert.match(await response.text(), /busy|can’t be followed/)
  }
  await first.close()
})

test('readers who leave are forgotten, however they leave', async (t) => {
  const { url, streams } = await startServer(t)
  const polite = await SseReader.open(`${url}/r/tea/events`)
  const rude = openStalledReader(url, '/r/tea/events')
  const half = openStalledReader(url, '/r/tea/live.txt')
  await waitUntil(() => streams.size === 3)
  await polite.close()
  rude.resetAndDestroy()
  half.end()
  await waitUntil(() => streams.size === 0)
})

test('all streams are told of a drain, each with its own time to come back', async (t) => {
  const { url, streams } = await startServer(t)
  const readers = await Promise.all(Array.from({ length: 30 }, () => SseReader.open(`${url}/r/tea/events`)))
  await Promise.all(readers.map((reader) => reader.next(isOpen)))
  await streams.drain()
  await Promise.all(readers.map((reader) => reader.ended))
  for (const reader of readers) assert.equal(reader.events.at(-1)?.event, 'drain')
  const late = await SseReader.open(`${url}/r/tea/events`)
  assert.equal((await late.next(() => true)).event, 'drain')
  await late.ended
})
