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

test('P13: an idle stream sends heartbeats', async (t) => {
  const { url } = await startServer(t, { heartbeat: 150 })
  const stream = await SseReader.open(`${url}/r/tea/events`)
  await stream.next(({ event }) => event === 'beat')
  await stream.next(({ event }) => event === 'beat', stream.events.length)
  await stream.close()
})

test('P9: a stream ends by itself and resumes, and nothing is lost', async (t) => {
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

test('P9: a reader that stops reading is cut at its bound, and the others get every message', async (t) => {
  const { url, streams } = await startServer(t)
  const ada = new Visitor(url)
  const healthy = await ada.enter('tea')
  await healthy.next(isOpen)
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
  await healthy.next(({ data }) => data.includes('the end'))
  assert.equal(healthy.messages.length, posted + 1)
  stalled.destroy()
  await healthy.close()
})

test('P9: a reader that takes nothing for 20 s is cut, even if little waits for it', async (t) => {
  const clock = new JumpingClock()
  const { url, streams } = await startServer(t, { heartbeat: 3_600_000, streamLife: NEVER }, clock)
  const ada = new Visitor(url)
  const stalled = openStalledReader(url, '/r/tea/events')
  await waitUntil(() => streams.size === 1)
  const text = 'x'.repeat(4096)
  while (streams.waiting === 0) await ada.post('/r/tea/messages', { text }, { Accept: 'application/json' })
  // Cut by a reset, so that the kernel keeps nothing for it.
  const reset = once(stalled, 'error')
  // The first check after a jump finds that something waits, a later one that it still does.
  await waitUntil(() => {
    clock.advance(20_000)
    return streams.size === 0
  })
  stalled.resume()
  assert.equal((await reset)[0].code, 'ECONNRESET')
})

test('P11: a stream beyond the limit of a session gets 200 and `busy`, and can be opened later', async (t) => {
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

test('P10: the streams of a process are bounded; in every format a further one gets 200 and ends', async (t) => {
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

test('a reader who leaves is removed, after a close, a reset or a half-close', async (t) => {
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

test('P12: a drain ends all streams, and a stream that is opened later ends at once', async (t) => {
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
