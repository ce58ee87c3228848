import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { redisUnavailable } from '../../../src/redis/refusals.ts'
import { eventually } from '../../support/eventually.ts'
import { createKeptRoom, startServer } from '../../support/http/server.ts'
import { SseReader } from '../../support/http/sse-reader.ts'
import { MARKUP_MENTIONS, MENTION_NAMES, MENTIONS } from '../../support/mention-cases.ts'
import { RedisServer } from '../../support/redis/redis-server.ts'
import { startServerPair } from '../../support/redis/server-pair.ts'

const CASES = Object.entries({ ...MENTIONS, ...MARKUP_MENTIONS })

interface MessageJson {
  readonly id: string
  readonly text: string
  readonly mentions: readonly { readonly name: string; readonly tag: string }[]
}

async function join(t: TestContext, url: string, name: string, leaf = 'live.json'): Promise<SseReader> {
  const reader = await SseReader.open(`${url}/r/tea/${leaf}?${new URLSearchParams({ name })}`)
  t.after(() => reader.close())
  await reader.next(({ event }) => event === 'open')
  return reader
}

async function request(url: string, method: string, body?: Record<string, string>): Promise<MessageJson> {
  const response = await fetch(url, {
    method,
    headers: { Accept: 'application/json' },
    ...(body && { body: new URLSearchParams(body) }),
  })
  assert.ok(response.ok, await response.clone().text())
  return response.json() as Promise<MessageJson>
}

const post = (url: string, text: string, query = '?name=Zed') =>
  request(`${url}/r/tea/messages${query}`, 'POST', { text })

const namesIn = ({ mentions }: MessageJson) => mentions.map(({ name }) => name)

test('JSON names the people that a message mentions, by the rule of pages', async (t) => {
  const server = await startServer(t)
  await createKeptRoom(server, 'tea')
  const { url } = server
  const [reader] = await Promise.all(MENTION_NAMES.map((name) => join(t, url, name)))
  const texts = CASES.map(([text]) => text)
  for (const [text, mentioned] of CASES) assert.deepEqual(namesIn(await post(url, text)), mentioned, text)
  await reader?.next(({ data }) => data.includes(JSON.stringify(texts.at(-1)).slice(1, -1)))
  const live = (reader?.events ?? [])
    .map(({ data }) => JSON.parse(data || '{}') as MessageJson & { kind: string })
    .filter(({ kind }) => kind === 'posted')
  const expected = CASES.map(([, mentioned]) => mentioned)
  assert.deepEqual(live.map(namesIn), expected)
  const { messages } = (await (
    await fetch(`${url}/r/tea/messages?limit=100`, { headers: { Accept: 'application/json' } })
  ).json()) as { messages: MessageJson[] }
  assert.deepEqual(messages.map(namesIn), expected)
  const replayed = await SseReader.open(`${url}/r/tea/live.json?after=${messages[0]?.id}`)
  t.after(() => replayed.close())
  await replayed.next(({ data }) => data.includes(String(messages.at(-1)?.id)))
  const missed = replayed.events
    .map(({ data }) => JSON.parse(data || '{}') as MessageJson & { kind: string })
    .filter(({ kind }) => kind === 'posted')
  assert.deepEqual(missed.map(namesIn), expected.slice(1))
})

test('an edit changes the people that a message mentions, and who asks is mentioned without being here', async (t) => {
  const server = await startServer(t)
  await createKeptRoom(server, 'tea')
  const { url } = server
  const ada = await join(t, url, 'Ada')
  const { id, mentions } = await post(url, 'hi @Ada')
  const message = `${url}/r/tea/messages/${id}`
  assert.match(mentions[0]?.tag ?? '', /^[0-9a-z]{10}$/)
  assert.deepEqual(namesIn(await request(message, 'GET')), ['Ada'])
  assert.deepEqual(namesIn(await request(`${message}?name=Zed`, 'PUT', { text: 'hi @Zed' })), ['Zed'])
  await ada.next(({ event, data }) => event === 'edited' && data.includes('"mentions":[]'))
  assert.deepEqual(namesIn(await request(`${message}?name=Zed`, 'GET')), ['Zed'])
  assert.deepEqual(namesIn(await request(message, 'GET')), [])
})

test('messages stay in order when some of them mention people', async (t) => {
  const { url } = await startServer(t)
  const ada = await join(t, url, 'Ada')
  const texts = Array.from({ length: 40 }, (_, n) => (n % 3 ? `plain ${n}` : `@Ada ${n}`))
  const posted: string[] = []
  for (const text of texts) posted.push((await post(url, text)).id)
  await ada.next(({ id }) => id === posted.at(-1))
  const ids = ada.events.map(({ id }) => id).filter((id) => id !== undefined)
  assert.deepEqual(ids.slice(-40), posted)
})

test('a terminal rings for the reader that a message mentions, and for nobody else', async (t) => {
  const { url } = await startServer(t)
  const open = async (query: string) => {
    const abort = new AbortController()
    const response = await fetch(`${url}/r/tea/live.txt${query}`, { signal: abort.signal })
    const terminal = { text: '' }
    const reading = (async () => {
      const decoder = new TextDecoder()
      for await (const chunk of response.body ?? []) terminal.text += decoder.decode(chunk, { stream: true })
    })().catch(() => {})
    t.after(() => {
      abort.abort()
      return reading
    })
    return terminal
  }
  const terminals = await Promise.all(
    ['?name=Ada', '?name=Ada+2', '?name=Ada+3&color', ''].map((query) => open(query)),
  )
  await eventually(async () => assert.ok(terminals.every(({ text }) => text.includes('Say something'))))
  // One by one, because messages that go out together are followed by one bell.
  const arrives = async (text: string, query?: string) => {
    await post(url, text, query)
    await eventually(async () =>
      assert.ok(terminals.every((terminal) => terminal.text.includes(`: ${text}\n`))),
    )
  }
  for (const text of ['hi @Ada', '@Ada 2!', '@Ada 3 `@Ada`', 'me@Ada.example']) await arrives(text)
  await arrives('@Ada 2 is me', '?name=Ada+2')
  await arrives('the last')
  const rung = terminals.map(({ text }) =>
    [...text.matchAll(/(@Ada[^\n]*|\bme@Ada[^\n]*)\n(?=[^\n]*\x07)/g)].map(([, line]) => line),
  )
  assert.deepEqual(rung, [['@Ada'], ['@Ada 2!'], ['@Ada 3 `@Ada`'], []])
})

test('with Redis, people on another process are mentioned, also in messages of a vanishing room', async (t) => {
  const [one, two] = await startServerPair(t, await RedisServer.start(t))
  const [ada, ben] = [await join(t, one.url, 'Ada'), await join(t, two.url, 'Ben')]
  const { id } = await post(one.url, '@Ada and @Ben, not @Benedict')
  for (const reader of [ada, ben]) {
    const event = await reader.next((event) => event.id === id)
    assert.deepEqual(namesIn(JSON.parse(event.data)), ['Ada', 'Ben'])
  }
})

test('a message is stored and shown also while nobody can say who is here', async (t) => {
  const { url, chat } = await startServer(t)
  const unknown = () => Promise.reject(redisUnavailable())
  Object.assign(chat.roster, { listPeople: unknown })
  const { id, mentions } = await post(url, '@Ada and @Ben')
  assert.match(id, /^\w+\.1$/)
  assert.deepEqual(mentions, [])
})
