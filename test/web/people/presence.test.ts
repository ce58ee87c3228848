import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { connect } from 'node:net'
import { test } from 'node:test'
import type { Config } from '../../../src/config/config.ts'
import { eventually } from '../../support/eventually.ts'
import { startServer } from '../../support/http/server.ts'
import type { SseReader } from '../../support/http/sse-reader.ts'
import { Visitor } from '../../support/http/visitor.ts'

const QUICK: Partial<Config> = { awayAfter: 200 }

interface PresenceData {
  readonly count: number
  readonly joined: readonly { readonly name: string; readonly tag: string }[]
  readonly left: readonly { readonly name: string; readonly tag: string }[]
}

/** A program that follows a room. `presence` waits for a presence signal that matches. */
async function watcher(url: string, room = 'tea') {
  const watching = new Visitor(url)
  await watching.get(`/r/${room}`)
  const reader = await watching.follow(`/r/${room}/live.json`)
  const presence = (matches: (data: PresenceData) => boolean) =>
    reader.next(({ event, data }) => event === 'here' && matches(JSON.parse(data)))
  await presence(({ count }) => count > 0)
  return { reader, watching, presence }
}

async function guest(url: string): Promise<{ visitor: Visitor; reader: SseReader; tag: string }> {
  const visitor = new Visitor(url)
  const html = await (await visitor.get('/r/tea')).text()
  const tag = /data-own-tag="(\w+)"/.exec(html)?.[1] ?? ''
  return { visitor, reader: await visitor.enter('tea'), tag }
}

const joins = (tag: string) => (data: PresenceData) => data.joined.some((seat) => seat.tag === tag)
const leaves = (tag: string) => (data: PresenceData) => data.left.some((seat) => seat.tag === tag)

test('everybody is told once that a member with three tabs came, and once that they left', async (t) => {
  const { url } = await startServer(t, QUICK)
  const { reader, presence } = await watcher(url)
  const { visitor, reader: first, tag } = await guest(url)
  const tabs = [first, await visitor.enter('tea'), await visitor.enter('tea')]
  await presence(joins(tag))
  for (const tab of tabs.slice(1)) await tab.close()
  const list = await (await visitor.get('/r/tea/people', { Accept: 'application/json' })).json()
  assert.equal((list as { count: number }).count, 2)
  await first.close()
  await presence(leaves(tag))
  const about = reader.events.filter(({ event, data }) => event === 'here' && data.includes(tag))
  assert.equal(about.length, 2)
  await reader.close()
})

test('a member leaves when the connection is reset or the client’s process is killed', async (t) => {
  const { url } = await startServer(t, QUICK)
  const { reader, presence } = await watcher(url)
  const { port } = new URL(url)
  const join = async () => {
    const visitor = new Visitor(url)
    const html = await (await visitor.get('/r/tea')).text()
    return { cookie: visitor.cookie, tag: /data-own-tag="(\w+)"/.exec(html)?.[1] ?? '' }
  }
  const one = await join()
  const socket = connect(Number(port), '127.0.0.1')
  socket.write(`GET /r/tea/events HTTP/1.1\r\nHost: localhost\r\nCookie: ${one.cookie}\r\n\r\n`)
  await presence(joins(one.tag))
  socket.resetAndDestroy()
  await presence(leaves(one.tag))

  const two = await join()
  const script = `fetch(process.argv[1], { headers: { cookie: process.argv[2] } }).then((r) => r.text())`
  const child = spawn(process.execPath, ['-e', script, `${url}/r/tea/events`, two.cookie])
  await presence(joins(two.tag))
  child.kill('SIGKILL')
  await presence(leaves(two.tag))
  await reader.close()
})

test('a member whose page gives no sign of life is gone although its stream is open, and back with the next sign', async (t) => {
  const { url, streams } = await startServer(t, { ...QUICK, heartbeat: 200 })
  const { reader, presence } = await watcher(url)
  const { visitor, reader: silent, tag } = await guest(url)
  await presence(joins(tag))
  await presence(leaves(tag))
  assert.equal(streams.size, 2)
  const seen = reader.events.length
  assert.equal((await visitor.post('/r/tea/here', {})).status, 204)
  await reader.next(({ event, data }) => event === 'here' && joins(tag)(JSON.parse(data)), seen)
  await silent.close()
  await reader.close()
})

test('a member who leaves is gone at once, and comes back with another tag', async (t) => {
  const { url } = await startServer(t)
  const { reader, presence } = await watcher(url)
  const { visitor, reader: stream, tag } = await guest(url)
  await presence(joins(tag))
  await stream.close()
  await visitor.post('/r/tea/leave', {})
  await presence(leaves(tag))
  const html = await (await visitor.get('/r/tea')).text()
  assert.notEqual(/data-own-tag="(\w+)"/.exec(html)?.[1], tag)
  await reader.close()
})

test('the page and the list show who is here; the page includes its reader', async (t) => {
  const { url } = await startServer(t, QUICK)
  const { reader, watching } = await watcher(url)
  await watching.post('/r/tea/name', { name: 'Ada <b>' })
  const ben = new Visitor(url)
  const page = await (await ben.get('/r/tea')).text()
  assert.match(page, /<span id="here-count">2<\/span>/)
  assert.match(page, /<bdi>Ada &lt;b&gt;<\/bdi> <code>\w{10}<\/code><\/li>/)
  assert.equal(page.match(/\(you\)/g)?.length, 1)
  const list = await (await ben.get('/r/tea/people')).text()
  assert.equal(list.match(/<li/g)?.length, 1)
  const found = async (beginning: string) =>
    (
      (await (
        await ben.get(`/r/tea/people?beginning=${beginning}`, { Accept: 'application/json' })
      ).json()) as {
        people: { name: string }[]
      }
    ).people.map(({ name }) => name)
  assert.deepEqual([await found('AD'), await found('b')], [['Ada <b>'], []])
  assert.match(await (await ben.get('/r/tea/people', { Accept: 'text/plain' })).text(), /^Ada <b>\n$/)
  await reader.close()
})

test('typing is signalled to the others and leaves no trace', async (t) => {
  const { url } = await startServer(t)
  const { reader } = await watcher(url)
  const { visitor, reader: stream, tag } = await guest(url)
  await eventually(async () => {
    assert.equal((await visitor.post('/r/tea/typing', {})).status, 204)
    assert.ok(reader.events.some(({ event, data }) => event === 'typing' && JSON.parse(data).tag === tag))
  })
  await stream.close()
  await reader.close()
})
