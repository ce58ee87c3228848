import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Config } from '../../src/config/config.ts'
import { NO_LIMITS } from '../../src/config/limit-flags.ts'
import { parseAddressRanges } from '../../src/config/proxy-flags.ts'
import { MemoryDirectory } from '../../src/directory/memory.ts'
import { eventually } from '../support/eventually.ts'
import { makeKeptRoom } from '../support/http/owner.ts'
import { requestFrom } from '../support/http/request-from.ts'
import { startServer } from '../support/http/server.ts'
import { SseReader } from '../support/http/sse-reader.ts'
import { Visitor } from '../support/http/visitor.ts'

const HOUR = 3_600_000
const AS_JSON = { Accept: 'application/json' }
const AS_FRAGMENT = { 'HX-Request': 'true' }

/** A configuration with this many posts per window, for a member and for an address. */
function posts(member: number | undefined, address: number | undefined, windowMs = HOUR): Partial<Config> {
  const allowance = (count: number | undefined) => (count === undefined ? undefined : { count, windowMs })
  return { limits: { ...NO_LIMITS, post: { member: allowance(member), address: allowance(address) } } }
}

/** Posts without a session. */
async function postFrom(
  localAddress: string,
  url: string,
  forwardedFor?: string | string[],
  query = '',
): Promise<number> {
  const headers = forwardedFor === undefined ? {} : { 'X-Forwarded-For': forwardedFor }
  return (await requestFrom(localAddress, `${url}/r/tea/messages${query}`, headers, { text: 'hi' })).status
}

function say(visitor: Visitor, text = 'hi', headers: Record<string, string> = AS_JSON): Promise<Response> {
  return visitor.post('/r/tea/messages', { text }, headers)
}

async function statuses(count: number, post: () => Promise<Response>): Promise<number[]> {
  const found: number[] = []
  while (found.length < count) found.push((await post()).status)
  return found
}

test('a member who posts too much gets 429 with a sentence and Retry-After, in JSON and in text', async (t) => {
  const { url } = await startServer(t, posts(3, undefined, 59_500))
  const ada = new Visitor(url)
  await ada.get('/r/tea')
  assert.deepEqual(await statuses(5, () => say(ada)), [201, 201, 201, 429, 429])
  const json = await say(ada)
  const seconds = Number(json.headers.get('Retry-After'))
  assert.ok(seconds > 30 && seconds <= 60, `${seconds}`)
  const { error } = (await json.json()) as { error: { code: string; message: string } }
  assert.equal(error.code, 'too-many')
  assert.match(error.message, /^You sent too many messages at once\. Try again in \d\d seconds\.$/)
  const text = await say(ada, 'hi', { Accept: 'text/plain' })
  assert.equal(text.status, 429)
  assert.match(await text.text(), /^You sent too many messages at once\. .*\n$/)
  const ben = new Visitor(url)
  await ben.get('/r/tea')
  assert.equal((await say(ben)).status, 201)
})

test('every form of the composer gives back a text that was posted too fast', async (t) => {
  const { url } = await startServer(t, posts(1, undefined))
  const ada = new Visitor(url)
  await ada.get('/r/tea')
  await say(ada)
  for (const [fields, headers] of [
    [{}, {}],
    [{ back: 'line' }, {}],
    [{ back: 'lines' }, {}],
    [{}, AS_FRAGMENT],
  ] as const) {
    const response = await ada.post('/r/tea/messages', { text: '<tea> & milk', ...fields }, headers)
    assert.equal(response.status, 429)
    assert.equal(response.headers.get('Retry-After'), '3600')
    const html = await response.text()
    assert.match(html, /&lt;tea&gt; &amp; milk/)
    assert.match(html, /role="alert">You sent too many messages at once\. Try again in 60 minutes\./)
  }
})

test('P5: a post whose response was lost stays one message, even if its repeat comes too fast', async (t) => {
  const { url } = await startServer(t, posts(2, undefined, 500))
  const ada = new Visitor(url)
  await ada.get('/r/tea')
  const post = (key: string, headers: Record<string, string>) =>
    ada.post('/r/tea/messages', { text: 'once', key }, headers)
  const first = await (await post('one-key', AS_JSON)).json()
  let key = ''
  await eventually(async () => {
    const repeats = await Promise.all([1, 2, 3].map(() => post('one-key', AS_FRAGMENT)))
    const refused = repeats.find(({ status }) => status === 429)
    key = /name="key" value="([^"]+)"/.exec((await refused?.text()) ?? '')?.[1] ?? ''
    assert.notEqual(key, '')
  })
  await eventually(async () => {
    const again = await post(key, AS_JSON)
    assert.equal(again.status, 201)
    assert.deepEqual(await again.json(), first)
  })
})

test('a member can post again when the window is over', async (t) => {
  const { url } = await startServer(t, posts(3, undefined, 400))
  const ada = new Visitor(url)
  await ada.get('/r/tea')
  for (let rounds = 0; rounds < 2; rounds++) {
    await eventually(async () => {
      const atOnce = await Promise.all([1, 2, 3, 4].map(() => say(ada)))
      assert.ok(atOnce.some(({ status }) => status === 429))
    })
    await eventually(async () => assert.equal((await say(ada)).status, 201))
  }
})

test('members of one address share its allowance, and other addresses have their own', async (t) => {
  const { url } = await startServer(t, { host: '0.0.0.0', ...posts(3, 4) })
  const [ada, ben] = [new Visitor(url), new Visitor(url)]
  for (const visitor of [ada, ben]) await visitor.get('/r/tea')
  assert.deepEqual(await statuses(4, () => say(ada)), [201, 201, 201, 429])
  assert.deepEqual(await statuses(2, () => say(ben)), [201, 429])
  assert.match(await (await say(ben)).text(), /Too many messages are coming from your network just now/)
  assert.deepEqual([await postFrom('127.0.0.1', url), await postFrom('127.0.0.2', url)], [429, 201])
})

test('programs without a session are limited by name and by address', async (t) => {
  const { url, logged } = await startServer(t, { host: '0.0.0.0', ...posts(2, 3) })
  const found: number[] = []
  for (const query of ['', '', '', '?name=Ada', '?name=Ben'])
    found.push(await postFrom('127.0.0.2', url, undefined, query))
  assert.deepEqual(found, [201, 201, 429, 201, 429])
  assert.equal(await postFrom('127.0.0.3', url), 201)
  assert.doesNotMatch(logged(), /127\.0\.0\.[23]/)
})

test('X-Forwarded-For counts only from a trusted proxy', async (t) => {
  const trustedProxy = parseAddressRanges('127.0.0.2')
  const { url } = await startServer(t, { host: '0.0.0.0', trustedProxy, ...posts(undefined, 1) })
  const proxied = (forwardedFor: string | string[]) => postFrom('127.0.0.2', url, forwardedFor)
  assert.equal(await proxied('198.51.100.1'), 201)
  assert.equal(await proxied('198.51.100.2'), 201)
  assert.equal(await proxied('198.51.100.1'), 429)
  assert.equal(await proxied(['1.2.3.4', '198.51.100.1']), 429, 'in two headers')
  assert.equal(
    await proxied('8.8.8.8, ::ffff:198.51.100.1'),
    429,
    'the entry of the client itself is not read',
  )
  assert.equal(await proxied('2001:db8:0:7::1'), 201)
  assert.equal(await proxied('[2001:db8:0:7::2]:443'), 429)
  assert.equal(await postFrom('127.0.0.3', url, '198.51.100.7'), 201)
  assert.equal(
    await postFrom('127.0.0.3', url, '198.51.100.8'),
    429,
    'the header of an untrusted peer is ignored',
  )
})

test('a post refused with 422 or 415 costs nothing, and one that is too large costs a post', async (t) => {
  const { url } = await startServer(t, posts(3, 3))
  const ada = new Visitor(url)
  await ada.get('/r/tea')
  await ada.post('/r/tea/messages', { text: 'hi', key: 'used' }, AS_JSON)
  const unusable = [
    { text: ' ' },
    { text: 'hi', key: 'no blanks' },
    { text: 'another', key: 'used' },
    { nothing: '' },
  ]
  for (let rounds = 0; rounds < 3; rounds++) {
    for (const fields of unusable)
      assert.equal((await ada.post('/r/tea/messages', fields as Record<string, string>, AS_JSON)).status, 422)
    const picture = await ada.post('/r/tea/messages', {}, { ...AS_JSON, 'Content-Type': 'image/png' })
    assert.equal(picture.status, 415)
  }
  assert.equal((await say(ada, 'x'.repeat(5000))).status, 413)
  assert.equal((await say(ada, 'x'.repeat(20_000))).status, 413)
  assert.equal((await say(ada)).status, 429)
  assert.equal((await say(ada, ' ')).status, 429)
})

test('name changes of one member are limited; a name in use costs, and an invalid one does not', async (t) => {
  const name = { member: { count: 3, windowMs: HOUR }, address: undefined }
  const { url } = await startServer(t, { limits: { ...NO_LIMITS, name } })
  const [ada, ben] = [new Visitor(url), new Visitor(url)]
  for (const visitor of [ada, ben]) await visitor.get('/r/tea')
  const take = (visitor: Visitor, newName: string, headers: Record<string, string> = AS_JSON) =>
    visitor.post('/r/tea/name', { name: newName }, headers)
  await take(ben, 'Ben')
  const found: number[] = []
  for (const newName of ['Ada', 'Ben', ' ', 'Ada', 'Eve', ' ']) found.push((await take(ada, newName)).status)
  assert.deepEqual(found, [200, 409, 422, 200, 429, 429])
  for (const headers of [{}, AS_FRAGMENT]) {
    const refused = await take(ada, 'Eve', headers)
    assert.equal(refused.status, 429)
    assert.equal(refused.headers.get('Retry-After'), '3600')
    const html = await refused.text()
    assert.match(html, /value="Eve"/)
    assert.match(html, /role="alert">You took too many names at once\. Try again in 60 minutes\./)
  }
  assert.equal((await take(ben, 'Eve')).status, 200)
})

test('listing rooms is limited by address; a refusal gives the typed name back, and joining is free', async (t) => {
  const room = { member: undefined, address: { count: 2, windowMs: HOUR } }
  const { url } = await startServer(t, { limits: { ...NO_LIMITS, room } })
  const list = (name: string) => new Visitor(url).post('/rooms', { room: name, listed: 'yes' })
  assert.equal((await list('!')).status, 422)
  assert.deepEqual([(await list('one')).status, (await list('two')).status], [303, 303])
  const refused = await list('my third')
  assert.equal(refused.status, 429)
  assert.equal(refused.headers.get('Retry-After'), '3600')
  const html = await refused.text()
  assert.match(html, /value="my third"/)
  assert.match(
    html,
    /role="alert">Too many rooms were made or downloaded from your network\. Try again in 60 minutes\./,
  )
  assert.equal((await new Visitor(url).post('/rooms', { room: 'my third' })).status, 303)
})

test('P10: the streams of one address are limited, whoever opens them, and further ones get `busy`', async (t) => {
  const stream = { session: 20, address: 3 }
  const { url, streams } = await startServer(t, { host: '0.0.0.0', limits: { ...NO_LIMITS, stream } })
  const opened = await Promise.all([
    new Visitor(url).enter('tea'),
    new Visitor(url).enter('milk'),
    ...Array.from({ length: 6 }, () => SseReader.open(`${url}/r/tea/events`)),
  ])
  const first = await Promise.all(opened.map((reader) => reader.next(() => true)))
  assert.equal(first.filter(({ event }) => event === 'open').length, 3)
  assert.equal(first.filter(({ event }) => event === 'busy').length, 5)
  for (const { response } of opened) assert.equal(response.status, 200)
  for (const leaf of ['events', 'live.json', 'live.ndjson', 'live.txt', 'live.html'])
    assert.match(
      (await requestFrom('127.0.0.1', `${url}/r/tea/${leaf}`)).body,
      /busy|can’t be followed/,
      leaf,
    )
  assert.equal(streams.size, 3)
  for (const reader of opened) await reader.close()
  await eventually(async () => {
    const again = await SseReader.open(`${url}/r/tea/events`)
    const { event } = await again.next(() => true)
    await again.close()
    assert.equal(event, 'open')
  })
})

test('streams through a trusted proxy count for the clients behind it', async (t) => {
  const stream = { session: 20, address: 1 }
  const trustedProxy = parseAddressRanges('loopback')
  const { url } = await startServer(t, { trustedProxy, limits: { ...NO_LIMITS, stream } })
  const events: (string | undefined)[] = []
  const readers: SseReader[] = []
  for (const forwardedFor of ['198.51.100.1', '198.51.100.2', '198.51.100.1']) {
    const reader = await SseReader.open(`${url}/r/tea/events`, { 'X-Forwarded-For': forwardedFor })
    events.push((await reader.next(() => true)).event)
    readers.push(reader)
  }
  for (const reader of readers) await reader.close()
  assert.deepEqual(events, ['open', 'open', 'busy'])
})

test('P10: the streams of one room are limited, and other rooms stay open', async (t) => {
  const { url } = await startServer(t, { maxRoomStreams: 2 })
  const readers = await Promise.all(
    ['tea', 'tea', 'tea', 'milk'].map((room) => SseReader.open(`${url}/r/${room}/events`)),
  )
  const events = await Promise.all(readers.map(async (reader) => (await reader.next(() => true)).event))
  assert.deepEqual(events.slice(0, 3).sort(), ['busy', 'open', 'open'])
  assert.equal(events[3], 'open')
  for (const reader of readers) await reader.close()
  await eventually(async () => {
    const again = await SseReader.open(`${url}/r/tea/events`)
    const { event } = await again.next(() => true)
    await again.close()
    assert.equal(event, 'open')
  })
})

test('a stream that could not be opened occupies no slot', async (t) => {
  const { url, streams } = await startServer(t, { maxStreams: 1 })
  const broken = t.mock.method(MemoryDirectory.prototype, 'renew', () => Promise.reject(new Error('planted')))
  for (let times = 0; times < 3; times++) assert.equal((await fetch(`${url}/r/tea/events`)).status, 500)
  broken.mock.restore()
  const reader = await SseReader.open(`${url}/r/tea/events`)
  assert.equal((await reader.next(() => true)).event, 'open')
  assert.equal(streams.size, 1)
  await reader.close()
})

test('changing and deleting rooms is limited like posting, and an invalid change costs nothing', async (t) => {
  const post = { member: { count: 2, windowMs: HOUR }, address: undefined }
  const { url } = await startServer(t, { limits: { ...NO_LIMITS, post } })
  const owner = new Visitor(url)
  await makeKeptRoom(owner)
  const settings = (keep: string) => owner.post('/r/tea/settings', { retention: '7d', keep })
  assert.equal((await settings('lots')).status, 422)
  assert.equal((await settings('5')).status, 303)
  assert.equal((await settings('6')).status, 303)
  const refused = await settings('777')
  assert.equal(refused.status, 429)
  assert.ok(refused.headers.get('Retry-After'))
  assert.match(await refused.text(), /value="777"/)
  assert.equal((await owner.post('/r/tea/delete', { confirm: 'tea' })).status, 429)
  assert.equal((await owner.get('/r/tea/settings')).status, 200)
})

test('downloading rooms is limited like making them', async (t) => {
  const room = { member: undefined, address: { count: 3, windowMs: HOUR } }
  const { url } = await startServer(t, { limits: { ...NO_LIMITS, room } })
  const owner = new Visitor(url)
  await makeKeptRoom(owner)
  const download = (visitor = owner) => visitor.get('/r/tea/export')
  assert.equal((await download(new Visitor(url))).status, 403)
  for (const status of [200, 200, 429]) assert.equal((await download()).status, status)
  assert.match(await (await download()).text(), /Too many rooms were made or downloaded from your network/)
})

test('a program may follow as often under its name as streams allow; only new names cost, by address', async (t) => {
  const name = { member: { count: 2, windowMs: 60_000 }, address: { count: 3, windowMs: 60_000 } }
  const stream = { session: 6, address: 100 }
  const { url } = await startServer(t, { limits: { ...NO_LIMITS, name, stream } })
  const follow = async (called: string) => {
    const stop = new AbortController()
    t.after(() => stop.abort())
    const { status, body } = await fetch(`${url}/r/tea/live.ndjson?name=${called}`, { signal: stop.signal })
    const { value } = (await body?.getReader().read()) ?? {}
    return `${status} ${/"kind":"(\w+)"/.exec(new TextDecoder().decode(value))?.[1]}`
  }
  const statuses = await Promise.all(Array.from({ length: 8 }, () => follow('Clock')))
  assert.equal(statuses.filter((status) => status === '200 open').length, 6, statuses.join())
  assert.equal(statuses.filter((status) => status === '200 busy').length, 2, statuses.join())
  for (const called of ['Bell', 'Door']) assert.equal(await follow(called), '200 open')
  assert.equal(await follow('Window'), '200 busy')
})
