import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { NO_LIMITS } from '../../../src/config/limit-flags.ts'
import { ADA, AUTHOR } from '../../support/events.ts'
import { Bystander } from '../../support/http/bystander.ts'
import { requestFrom } from '../../support/http/request-from.ts'
import { createKeptRoom, startServer } from '../../support/http/server.ts'
import { SseReader } from '../../support/http/sse-reader.ts'

const HOUR = 3_600_000

test('reading too much gets 429 in every format, with a sentence and a time; other addresses read on', async (t) => {
  const requests = { count: 3, windowMs: HOUR }
  const { url } = await startServer(t, { limits: { ...NO_LIMITS, read: { requests, cpu: undefined } } })
  const read = (path: string, headers = {}, from = '127.0.0.1') => requestFrom(from, url + path, headers)
  for (let n = 0; n < 3; n++) assert.equal((await read('/about')).status, 200)
  for (const [path, accept, shape] of [
    [
      '/r/tea',
      'text/html',
      /<h1>.*Too much is being read from your network just now\. Try again in \d+ minutes\./s,
    ],
    ['/r/tea', 'application/json', /^\{"error":\{"code":"too-many","message":"Too much is being read/],
    ['/r/tea/messages', 'text/plain', /^Too much is being read.*\n$/],
    ['/metrics', 'text/plain', /^Too much is being read/],
    ['/embed/tea', 'text/html', /Too much is being read/],
    ['/openapi.json', 'application/json', /"too-many"/],
  ] as const) {
    const { status, headers, body } = await read(path, { Accept: accept })
    assert.equal(status, 429, path)
    assert.ok(Number(headers['retry-after']) > 60)
    assert.match(body, shape, path)
  }
  for (const leaf of ['events', 'live.json', 'live.ndjson', 'live.txt', 'live.html']) {
    const { status, body } = await read(`/r/tea/${leaf}`)
    assert.equal(status, 200, 'a stream says in itself when to come back (P11)')
    assert.match(body, /busy|can’t be followed/)
  }
  for (const path of ['/healthz', '/readyz']) assert.equal((await read(path)).status, 200)
  assert.equal(
    (await requestFrom('127.0.0.1', `${url}/r/tea/messages`, {}, { text: 'posts go on' })).status,
    201,
  )
  assert.equal((await read('/r/tea', {}, '127.0.0.2')).status, 200)
})

test('an address can read again when the time is over', async (t) => {
  const requests = { count: 2, windowMs: 400 }
  const { url } = await startServer(t, { limits: { ...NO_LIMITS, read: { requests, cpu: undefined } } })
  const status = async () => (await fetch(`${url}/about`)).status
  while ((await status()) === 200);
  await pause(1000)
  assert.equal(await status(), 200)
})

test('many people behind one address who open a room at once are all let in by the defaults', async (t) => {
  const { url } = await startServer(t, {
    limits: {
      ...NO_LIMITS,
      read: { requests: { count: 2000, windowMs: 10_000 }, cpu: { count: 2000, windowMs: 8000 } },
    },
  })
  const pages = Array.from({ length: 200 }, () => fetch(`${url}/r/tea`, { headers: { Accept: 'text/html' } }))
  for (const page of await Promise.all(pages)) {
    assert.equal(page.status, 200)
    await page.arrayBuffer()
  }
})

test('pages that cost much are limited by their CPU time, and hardly delay a bystander’s posts', async (t) => {
  const cpu = { count: 150, windowMs: 60_000 }
  const server = await startServer(t, { limits: { ...NO_LIMITS, read: { requests: undefined, cpu } } })
  const room = await createKeptRoom(server, 'fat')
  const draft = { text: 'https://example.org/a '.repeat(180), key: undefined }
  await Promise.all(Array.from({ length: 100 }, () => server.chat.store.append(room, ADA, AUTHOR, draft)))
  const bystander = new Bystander(t, server.url)
  const alone = await bystander.post(10)
  let refused = 0
  let running = true
  const reader = async () => {
    while (running) {
      const { status } = await requestFrom('127.0.0.1', `${server.url}/r/fat/messages?limit=100`, {
        Accept: 'text/html',
      })
      if (status === 429) refused++
      await pause(20)
    }
  }
  const readers = Array.from({ length: 6 }, reader)
  const median = await bystander.post(10)
  while (refused === 0) await pause(10)
  running = false
  await Promise.all(readers)
  assert.ok(median < Math.max(500, 20 * alone), `a post took ${median} ms, and ${alone} ms alone`)
  assert.equal(
    (await requestFrom('127.0.0.2', `${server.url}/r/fat/messages?limit=100`)).status,
    200,
    'others can read it',
  )
})

test('a stream that was opened is not ended by what its address reads', async (t) => {
  const requests = { count: 2, windowMs: HOUR }
  const { url } = await startServer(t, { limits: { ...NO_LIMITS, read: { requests, cpu: undefined } } })
  const stream = await SseReader.open(`${url}/r/tea/live.json`)
  await stream.next(() => true)
  while ((await fetch(`${url}/about`)).status === 200);
  await requestFrom('127.0.0.2', `${url}/r/tea/messages`, {}, { text: 'still here' })
  await stream.next(({ data }) => data.includes('still here'))
  await stream.close()
})
