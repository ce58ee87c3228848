import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { Refusal } from '../../../src/chat/refusal.ts'
import { ClientView } from '../../support/client-view.ts'
import { eventually } from '../../support/eventually.ts'
import { numberedLines, postTexts } from '../../support/http/post-texts.ts'
import { createKeptRoom, restartableServer, startServer, type TestServer } from '../../support/http/server.ts'
import { Visitor } from '../../support/http/visitor.ts'

/** The id and text of each message that a program gets when it begins now. */
async function readMessages(visitor: Visitor): Promise<[string, string][]> {
  const response = await visitor.get('/r/tea/messages?limit=100', { Accept: 'application/json' })
  const { messages } = (await response.json()) as { messages: { id: string; text: string }[] }
  return messages.map(({ id, text }) => [id, text])
}

/** Makes this many events: posts, with edits and deletions of earlier and of new messages among them. */
async function makeEvents(writer: Visitor, before: readonly string[], count: number): Promise<void> {
  const ids = [...before]
  for (let n = 0; n < count; n++) {
    const old = ids[(n * 7) % ids.length] ?? ''
    if (n % 5 === 3) await writer.post(`/r/tea/messages/${old}`, { text: `edited ${n}` })
    else if (n % 5 === 4) {
      await writer.post(`/r/tea/messages/${old}/delete`, {})
      ids.splice(ids.indexOf(old), 1)
    } else ids.push(...(await postTexts(writer, 'tea', `meanwhile ${n}`)))
  }
}

async function setUp(server: TestServer): Promise<{ writer: Visitor; ids: string[]; log: ClientView }> {
  await createKeptRoom(server, 'tea')
  const writer = new Visitor(server.url)
  const ids = await postTexts(writer, 'tea', ...numberedLines(40))
  const log = new ClientView(await readMessages(writer), ids.at(-1) ?? '')
  return { writer, ids, log }
}

/** Follows the stream until the log has caught up, and compares it with a fresh one. */
async function assertCatchesUp(server: TestServer, log: ClientView): Promise<void> {
  const visitor = new Visitor(server.url)
  const end = (await postTexts(visitor, 'tea', 'the end'))[0] ?? ''
  const reader = await visitor.follow('/r/tea/live.json', { 'Last-Event-ID': log.cursor })
  await reader.next(({ id }) => id === end)
  await reader.close()
  for (const event of reader.events) log.apply(event)
  const all = await readMessages(visitor)
  assert.deepEqual(log.messages.slice(-all.length), all.slice(-log.messages.length))
  assert.ok(log.messages.length >= Math.min(50, all.length))
}

for (const count of [0, 1, 150, 250]) {
  test(`P6: a reader who was away for ${count} events ends with the log of a fresh page`, async (t) => {
    const server = await startServer(t)
    const { writer, ids, log } = await setUp(server)
    await makeEvents(writer, ids, count)
    await assertCatchesUp(server, log)
    assert.equal(log.gaps, 0)
    await assertCatchesUp(server, log)
    assert.equal(log.gaps, 0)
  })
}

test('P6: a reader with an unknown or foreign cursor gets one gap and begins afresh', async (t) => {
  const server = await startServer(t)
  const { writer, ids } = await setUp(server)
  await makeEvents(writer, ids, 20)
  for (const cursor of ['k3x9.5', 'zzz', `${ids[0]?.split('.')[0]}.9999`]) {
    const log = new ClientView([['old', 'shown before']], cursor)
    await assertCatchesUp(server, log)
    assert.equal(log.gaps, 1, cursor)
  }
})

test('after many edits of few messages a reader gets each message once, and no gap', async (t) => {
  const server = await startServer(t)
  const { writer, ids, log } = await setUp(server)
  for (let n = 0; n < 230; n++) await writer.post(`/r/tea/messages/${ids[n % 30]}`, { text: `edit ${n}` })
  const visitor = new Visitor(server.url)
  const follow = async () => {
    const reader = await visitor.follow('/r/tea/live.json', { 'Last-Event-ID': log.cursor })
    await reader.next(({ event }) => event === 'open')
    await eventually(async () =>
      assert.ok(reader.events.length === 1 || reader.events.at(-1)?.event === 'edited'),
    )
    await reader.close()
    for (const event of reader.events) log.apply(event)
  }
  await follow()
  assert.equal(log.gaps, 0)
  await assertCatchesUp(server, log)
  assert.equal(log.gaps, 0)
})

test('a page without scripts that could not catch up tries again, from its own cursor', async (t) => {
  const server = await startServer(t)
  const { ids } = await setUp(server)
  const { store } = server.chat
  // The second read fails, after the history that the page begins with.
  const readings = t.mock.method(store, 'readEvents', () => {
    if (readings.mock.callCount() > 0) throw new Refusal('busy', 'Not now', 1)
    return Promise.resolve([])
  })
  const response = await fetch(`${server.url}/r/tea/live.html?after=${ids[34]}&continued=`)
  const html = await response.text()
  assert.equal(readings.mock.callCount(), 2)
  // An empty URL is the page's own address.
  assert.match(html, /http-equiv="refresh" content="\d+;url="/)
})

test('after a restart on the same folder, a reader who comes back has lost nothing', async (t) => {
  const start = await restartableServer(t)
  const server = await start()
  const { writer, ids, log } = await setUp(server)
  await makeEvents(writer, ids, 30)
  await server.stop()
  const restarted = await start()
  assert.equal(restarted.url, server.url)
  await assertCatchesUp(restarted, log)
  assert.equal(log.gaps, 0)
  await makeEvents(writer, ids.slice(20), 10)
  await assertCatchesUp(restarted, log)
  assert.equal(log.gaps, 0)
})

/** Reads a stream's text until it is complete. */
async function read(t: TestContext, url: string, isComplete: (text: string) => boolean): Promise<string> {
  const abort = new AbortController()
  t.after(() => abort.abort())
  const response = await fetch(url, { signal: abort.signal })
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true })
    if (isComplete(text)) break
  }
  abort.abort()
  return text
}

test('a terminal begins with the newest ten messages, or with those after its cursor', async (t) => {
  const server = await startServer(t)
  const { ids } = await setUp(server)
  const isComplete = (text: string) => text.includes('line 40')
  const readLines = async (query: string) =>
    (await read(t, `${server.url}/r/tea/live.txt${query}`, isComplete)).match(/line \d+/g)
  assert.deepEqual(await readLines(''), numberedLines(40).slice(-10))
  assert.deepEqual(await readLines(`?after=${ids[34]}`), numberedLines(40).slice(-5))
})

test('a page without scripts begins with the newest 50 messages, and continues where it was after a refresh', async (t) => {
  const server = await startServer(t)
  const { writer } = await setUp(server)
  const more = await postTexts(writer, 'tea', ...numberedLines(80).slice(40))
  const isComplete = (text: string) => text.includes('>line 80<')
  const address = `${server.url}/r/tea/live.html`
  const readPage = async (query: string) => {
    const html = await read(t, address + query, isComplete)
    return { lines: html.match(/(?<=<p>)line \d+/g), older: /href="\?before=([^"]+)"/.exec(html)?.[1] }
  }
  const first = await readPage('')
  assert.deepEqual(first.lines, numberedLines(80).slice(-50))
  assert.deepEqual(first.older?.split('.')[1], '31')
  assert.deepEqual((await readPage(`?after=${more[0]}`)).lines, numberedLines(80).slice(-50))
  const continued = await readPage(`?after=${more[29]}&continued=`)
  assert.deepEqual(continued.lines, numberedLines(80).slice(20))
  assert.deepEqual(continued.older?.split('.')[1], '21')
  const foreign = await readPage('?after=k3x9.7&continued=')
  assert.deepEqual(foreign.lines, numberedLines(80).slice(-50))
})
