import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { Refusal } from '../../../src/chat/refusal.ts'
import { ClientView } from '../../support/client-view.ts'
import { eventually } from '../../support/eventually.ts'
import { numberedLines, postTexts } from '../../support/http/post-texts.ts'
import { createKeptRoom, restartableServer, startServer, type TestServer } from '../../support/http/server.ts'
import { Visitor } from '../../support/http/visitor.ts'

/** What a program shows that begins now. */
async function fresh(visitor: Visitor): Promise<[string, string][]> {
  const response = await visitor.get('/r/tea/messages?limit=100', { Accept: 'application/json' })
  const { messages } = (await response.json()) as { messages: { id: string; text: string }[] }
  return messages.map(({ id, text }) => [id, text])
}

/** So many events: posts, and among them edits and deletions of what was said before and meanwhile. */
async function happen(writer: Visitor, before: readonly string[], count: number): Promise<void> {
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

async function begin(server: TestServer): Promise<{ writer: Visitor; ids: string[]; log: ClientView }> {
  await createKeptRoom(server, 'tea')
  const writer = new Visitor(server.url)
  const ids = await postTexts(writer, 'tea', ...numberedLines(40))
  const log = new ClientView(await fresh(writer), ids.at(-1) ?? '')
  return { writer, ids, log }
}

/** Lets the log be read until it shows what a fresh one does. */
async function catchesUp(server: TestServer, log: ClientView): Promise<void> {
  const visitor = new Visitor(server.url)
  const end = (await postTexts(visitor, 'tea', 'the end'))[0] ?? ''
  const reader = await visitor.follow('/r/tea/live.json', { 'Last-Event-ID': log.cursor })
  await reader.next(({ id }) => id === end)
  await reader.close()
  for (const event of reader.events) log.apply(event)
  const all = await fresh(visitor)
  assert.deepEqual(log.messages.slice(-all.length), all.slice(-log.messages.length))
  assert.ok(log.messages.length >= Math.min(50, all.length))
}

for (const count of [0, 1, 150, 250]) {
  test(`whoever was away for ${count} events ends with the log of a fresh page`, async (t) => {
    const server = await startServer(t)
    const { writer, ids, log } = await begin(server)
    await happen(writer, ids, count)
    await catchesUp(server, log)
    assert.equal(log.gaps, count > 200 ? 1 : 0)
    await catchesUp(server, log)
    assert.equal(log.gaps, count > 200 ? 1 : 0)
  })
}

test('a cursor of another time begins afresh, and is told so', async (t) => {
  const server = await startServer(t)
  const { writer, ids } = await begin(server)
  await happen(writer, ids, 20)
  for (const cursor of ['k3x9.5', 'zzz', `${ids[0]?.split('.')[0]}.9999`]) {
    const log = new ClientView([['old', 'shown before']], cursor)
    await catchesUp(server, log)
    assert.equal(log.gaps, 1, cursor)
  }
})

test('after many edits and deletions alone nobody begins afresh again and again', async (t) => {
  const server = await startServer(t)
  const { writer, ids, log } = await begin(server)
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
  assert.equal(log.gaps, 1)
  await catchesUp(server, log)
  assert.equal(log.gaps, 1)
})

test('a page without scripts that can’t be told what it missed asks for it again, from where it was', async (t) => {
  const server = await startServer(t)
  const { ids } = await begin(server)
  const { store } = server.chat
  // The second time, after what the page begins with.
  const readings = t.mock.method(store, 'readEvents', () => {
    if (readings.mock.callCount() > 0) throw new Refusal('busy', 'Not now', 1)
    return Promise.resolve([])
  })
  const response = await fetch(`${server.url}/r/tea/live.html?after=${ids[34]}&continued=`)
  const html = await response.text()
  assert.equal(readings.mock.callCount(), 2)
  // Its own address.
  assert.match(html, /http-equiv="refresh" content="\d+;url="/)
})

test('a restart on the same folder loses nothing for those who read and come back', async (t) => {
  const start = await restartableServer(t)
  const server = await start()
  const { writer, ids, log } = await begin(server)
  await happen(writer, ids, 30)
  await server.stop()
  const again = await start()
  assert.equal(again.url, server.url)
  await catchesUp(again, log)
  assert.equal(log.gaps, 0)
  await happen(writer, ids.slice(20), 10)
  await catchesUp(again, log)
  assert.equal(log.gaps, 0)
})

/** Reads a stream's text until it fits. */
async function read(t: TestContext, url: string, fits: (text: string) => boolean): Promise<string> {
  const abort = new AbortController()
  t.after(() => abort.abort())
  const response = await fetch(url, { signal: abort.signal })
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true })
    if (fits(text)) break
  }
  abort.abort()
  return text
}

test('a terminal begins with the newest ten, and with what it missed where it says what it has', async (t) => {
  const server = await startServer(t)
  const { ids } = await begin(server)
  const ended = (text: string) => text.includes('line 40')
  const said = async (query: string) =>
    (await read(t, `${server.url}/r/tea/live.txt${query}`, ended)).match(/line \d+/g)
  assert.deepEqual(await said(''), numberedLines(40).slice(-10))
  assert.deepEqual(await said(`?after=${ids[34]}`), numberedLines(40).slice(-5))
})

test('a page without scripts begins with the newest 50, and goes on where it was when it is renewed', async (t) => {
  const server = await startServer(t)
  const { writer } = await begin(server)
  const more = await postTexts(writer, 'tea', ...numberedLines(80).slice(40))
  const ended = (text: string) => text.includes('>line 80<')
  const address = `${server.url}/r/tea/live.html`
  const shown = async (query: string) => {
    const html = await read(t, address + query, ended)
    return { said: html.match(/(?<=<p>)line \d+/g), older: /href="\?before=([^"]+)"/.exec(html)?.[1] }
  }
  const first = await shown('')
  assert.deepEqual(first.said, numberedLines(80).slice(-50))
  assert.deepEqual(first.older?.split('.')[1], '31')
  assert.deepEqual((await shown(`?after=${more[0]}`)).said, numberedLines(80).slice(-50))
  const continued = await shown(`?after=${more[29]}&continued=`)
  assert.deepEqual(continued.said, numberedLines(80).slice(20))
  assert.deepEqual(continued.older?.split('.')[1], '21')
  const foreign = await shown('?after=k3x9.7&continued=')
  assert.deepEqual(foreign.said, numberedLines(80).slice(-50))
})
