import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { test } from 'node:test'
import { startServer } from '../../support/http/server.ts'
import { SseReader } from '../../support/http/sse-reader.ts'
import { findStreamAddress, Visitor } from '../../support/http/visitor.ts'

const isMessage = (text: string) => (event: { data: string }) => event.data.includes(`<p>${text}</p>`)
const textOf = ({ data }: { data: string }) => /<p>(.*?)<\/p>/.exec(data)?.[1]

test('P13: a stream has headers against buffering and caching, and begins with its cursor', async (t) => {
  const { url } = await startServer(t)
  const stream = await SseReader.open(`${url}/r/tea/events`)
  assert.equal(stream.response.status, 200)
  const { headers } = stream.response
  assert.equal(headers.get('Content-Type'), 'text/event-stream')
  assert.equal(headers.get('Cache-Control'), 'no-store, no-transform')
  assert.equal(headers.get('X-Accel-Buffering'), 'no')
  const opening = await stream.next(({ event }) => event === 'open')
  assert.match(opening.id ?? '', /^[0-9a-z]+\.0$/)
  await stream.close()
})

test('P6: no message is lost between the page and its stream', async (t) => {
  const { url } = await startServer(t)
  const [ada, ben] = [new Visitor(url), new Visitor(url)]
  const address = findStreamAddress(await (await ada.get('/r/tea')).text())
  await ben.post('/r/tea/messages', { text: 'between' })
  const stream = await ada.follow(address)
  await ben.post('/r/tea/messages', { text: 'after' })
  await stream.next(isMessage('after'))
  assert.deepEqual(stream.messages.map(textOf), ['between', 'after'])
  await stream.close()
})

test('P6: a reader who reconnects receives what it missed, once and in order', async (t) => {
  const { url } = await startServer(t)
  const [ada, ben] = [new Visitor(url), new Visitor(url)]
  const address = findStreamAddress(await (await ada.get('/r/tea')).text())
  const first = await ada.follow(address)
  await ben.post('/r/tea/messages', { text: 'one' })
  const { id = '' } = await first.next(isMessage('one'))
  await first.close()
  for (const text of ['two', 'three']) await ben.post('/r/tea/messages', { text })
  const second = await ada.follow(address, { 'Last-Event-ID': id })
  await ben.post('/r/tea/messages', { text: 'four' })
  await second.next(isMessage('four'))
  assert.deepEqual(second.messages.map(textOf), ['two', 'three', 'four'])
  assert.deepEqual(
    second.events.filter(({ event }) => event === 'gap'),
    [],
  )
  await second.close()
})

test('P3: no session can read what was posted before its own page', async (t) => {
  const { url } = await startServer(t)
  const [ada, eve] = [new Visitor(url), new Visitor(url)]
  const early = findStreamAddress(await (await ada.get('/r/tea')).text())
  await ada.post('/r/tea/messages', { text: 'secret' })
  const late = findStreamAddress(await (await eve.get('/r/tea')).text())
  const beginning = /after=([^&]+)/.exec(early)?.[1] ?? ''
  const forged = [
    eve.follow(early), // another session's cursor and proof
    eve.follow(late.replace(/after=[^&]+/, `after=${beginning}`)),
    eve.follow(late, { 'Last-Event-ID': beginning }),
    eve.follow(`/r/tea/events?after=${beginning}`),
    SseReader.open(url + early), // no session at all
    SseReader.open(`${url}/r/tea/live.json?after=${beginning}`),
  ]
  for (const stream of await Promise.all(forged)) {
    await stream.next(({ event }) => event === 'gap')
    await ada.post('/r/tea/messages', { text: 'public' })
    await stream.next(({ data }) => data.includes('public'))
    assert.doesNotMatch(JSON.stringify(stream.events), /secret/)
    await stream.close()
  }
})

test('P6: a reader with an unknown, foreign or invalid cursor gets one gap', async (t) => {
  const { url } = await startServer(t)
  const ada = new Visitor(url)
  await ada.post('/r/tea/messages', { text: 'before' })
  const address = findStreamAddress(await (await ada.get('/r/tea')).text())
  for (const cursor of ['zzzz.7', '0.3', 'nonsense', `${/after=([0-9a-z]+)/.exec(address)?.[1]}.99`]) {
    const stream = await ada.follow(address, { 'Last-Event-ID': cursor })
    await stream.next(({ event }) => event === 'gap')
    const line = await stream.next(({ event }) => event === undefined)
    assert.match(line.data, /may be missing/)
    await stream.close()
    const again = await ada.follow(address, { 'Last-Event-ID': line.id ?? '' })
    await ada.post('/r/tea/messages', { text: 'later' })
    await again.next(isMessage('later'))
    assert.deepEqual(
      again.events.filter(({ event }) => event === 'gap'),
      [],
    )
    await again.close()
  }
})

test('P3: with the replay window switched off, missed messages are counted', async (t) => {
  const { url } = await startServer(t, { replayWindow: 0 })
  const ada = new Visitor(url)
  const address = findStreamAddress(await (await ada.get('/r/tea')).text())
  for (const text of ['one', 'two', 'three']) await ada.post('/r/tea/messages', { text })
  const stream = await ada.follow(address)
  const gap = await stream.next(({ event }) => event === 'gap')
  assert.equal(gap.data, '3')
  await stream.close()
})

test('every format has the same messages', async (t) => {
  const { url } = await startServer(t)
  const leaves = ['events', 'live.json', 'live.ndjson', 'live.txt', 'live.html']
  const abort = new AbortController()
  const responses = await Promise.all(
    leaves.map((leaf) => fetch(`${url}/r/tea/${leaf}`, { signal: abort.signal })),
  )
  const read = responses.map(async ({ body }) => {
    let text = ''
    for await (const chunk of body ?? []) {
      text += new TextDecoder().decode(chunk)
      if (text.includes('finis')) return text
    }
    return text
  })
  const ada = new Visitor(url)
  for (const text of ['salve & vale', 'finis']) await ada.post('/r/tea/messages', { text })
  const [events, json, ndjson, txt, html] = await Promise.all(read)
  abort.abort()
  assert.match(events ?? '', /data: <article .*salve &amp; vale/)
  assert.match(json ?? '', /data: \{"id":.*"text":"salve & vale"/)
  assert.match(ndjson ?? '', /^\{"id":.*"text":"salve & vale".*\}$/m)
  assert.match(txt ?? '', /^\d\d:\d\d \S+ \S+: salve & vale$/m)
  assert.match(html ?? '', /^<!doctype html>.*<article .*salve &amp; vale/s)
})

test('P13: a reader behind an HTTP/1.0 proxy gets the stream without chunked coding', async (t) => {
  const { url } = await startServer(t)
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.write('GET /r/tea/events HTTP/1.0\r\nHost: localhost\r\n\r\n')
  let received = ''
  for await (const data of socket) {
    received += data
    if (received.includes('event: open')) break
  }
  assert.doesNotMatch(received, /transfer-encoding/i)
  assert.match(received, /\r\n\r\nevent: open\n/)
})

test('a stream at an address that can’t be a room’s gets 404 in plain text, not in HTML', async (t) => {
  const { url } = await startServer(t)
  for (const room of ['%21', '%FF', 'x'.repeat(60)]) {
    const response = await fetch(`${url}/r/${room}/events`)
    assert.equal(response.status, 404)
    assert.match(response.headers.get('Content-Type') ?? '', /^text\/plain/)
  }
})
