import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { eventually } from '../support/eventually.ts'
import { makeKeptRoom } from '../support/http/owner.ts'
import { postTexts } from '../support/http/post-texts.ts'
import { requestFrom } from '../support/http/request-from.ts'
import type { SseReader } from '../support/http/sse-reader.ts'
import { findStreamAddress, Visitor } from '../support/http/visitor.ts'
import { startBalanced } from '../support/process/balanced.ts'

const linux = process.platform === 'linux'
const JSON_ANSWER = { Accept: 'application/json' }
const BALANCERS = ['nginx', 'haproxy'] as const

for (const name of BALANCERS) {
  test(`P13: behind ${name}, configured as in the docs, any process answers any request`, {
    skip: !linux,
  }, async (t) => {
    const { balancer, url, one, two } = await startBalanced(t, name, '--limit-rooms', '3/h')
    const bothServed = (path: string) =>
      eventually(async () => {
        const servers = new Set(await balancer.servedBy(path))
        assert.deepEqual([...servers].sort(), [one.port, two.port].sort(), path)
      })
    const [ada, bo] = [new Visitor(url), new Visitor(url)]
    // The two streams are on two processes; all other requests alternate between the processes.
    const readers = [await ada.enter('lounge'), await bo.enter('lounge')]
    const received = async (text: string) => {
      for (const reader of readers) await reader.next(({ data }) => data.includes(text))
    }
    // An odd number of requests in each round: no kind of request always goes to the same process.
    for (const name of ['Ada', 'Grace']) {
      assert.ok((await ada.post('/r/lounge/name', { name })).status < 400)
      const texts = ['once', 'twice', 'thrice'].map((times) => `${name} ${times}`)
      await postTexts(ada, 'lounge', ...texts)
      for (const text of texts) await received(text)
      const people = await (await bo.get('/r/lounge/people')).text()
      assert.match(people, new RegExp(`>${name}<`))
    }

    const owner = await makeKeptRoom(ada)
    const kept = [await ada.enter('tea'), await bo.enter('tea')]
    for (const text of ['first', 'second']) {
      const [id] = await postTexts(bo, 'tea', text)
      const message = `/r/tea/messages/${id}`
      assert.ok((await bo.post(message, { text: `${text} changed` })).status < 400)
      for (const reader of kept) await reader.next(({ data }) => data.includes(`${text} changed`))
      if (text === 'first') assert.ok((await bo.post(`${message}/delete`, {})).status < 400)
      const { messages } = (await (await ada.get('/r/tea/messages', JSON_ANSWER)).json()) as {
        messages: { text: string }[]
      }
      assert.deepEqual(
        messages.map((message) => message.text),
        text === 'first' ? [] : ['second changed'],
      )
    }
    // The owner's link works in another browser, on any process.
    const ownerBrowser = new Visitor(url)
    assert.ok((await ownerBrowser.get(owner)).status < 400)
    for (const keep of ['10', '20']) {
      const settings = { retention: 'forever', keep }
      assert.ok((await ownerBrowser.post('/r/tea/settings', settings)).status < 400)
      assert.match(await (await ownerBrowser.get('/r/tea/settings')).text(), new RegExp(`value="${keep}"`))
    }
    for (const path of ['/r/lounge/messages', '/r/lounge/name', '/r/tea/messages', '/r/tea/settings'])
      await bothServed(path)
    // Limits hold for all processes together, per client address.
    const make = async (from: string, room: string) => {
      const fields = { room, kind: 'kept' }
      return (await requestFrom(from, `${url}/rooms`, { ...JSON_ANSWER, Origin: url }, fields)).status
    }
    const statuses: number[] = []
    for (let n = 0; n < 6; n++) statuses.push(await make('127.0.0.5', `room-${n}`))
    const allowed = statuses.filter((status) => status === 201).length
    // Each additional process may let one more through.
    assert.ok(allowed === 3 || allowed === 4, statuses.join())
    assert.deepEqual(statuses.slice(allowed), Array(6 - allowed).fill(429))
    assert.equal(await make('127.0.0.6', 'mine'), 201)
    await bothServed('/rooms')
    // The balancer logs a stream when it ends.
    for (const reader of [...readers, ...kept]) await reader.close()
    await bothServed('/r/lounge/events')
  })

  test(`P12: behind ${name}, processes restart one by one, and no reader or writer misses anything`, {
    skip: !linux,
  }, async (t) => {
    const { balancer, url, one, two, start } = await startBalanced(t, name, '--limits', 'off')
    await makeKeptRoom(new Visitor(url))
    const readers = [
      await ReconnectingReader.enter(url, 'tea'),
      await ReconnectingReader.enter(url, 'tea'),
      await ReconnectingReader.enter(url, 'lounge'),
      await ReconnectingReader.enter(url, 'lounge'),
    ]
    const bo = new Visitor(url)
    await bo.get('/r/tea')
    const posted: string[] = []
    let stopping = false
    const posting = (async () => {
      while (!stopping || posted.length < 20) {
        const text = `text ${posted.length}`
        for (const room of ['tea', 'lounge']) await post(bo, room, text)
        posted.push(text)
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    })()
    const sees = (text: string) => Promise.all(readers.map((reader) => reader.sees(text)))
    await sees('text 3')
    const { code } = await one.snug.kill('SIGTERM')
    assert.equal(code, 0)
    await eventually(async () => assert.ok(readers.some(({ streams }) => streams > 1)))
    await sees(`text ${posted.length}`)
    await start(one.port)
    await balancer.waitForServer(one.port)
    await two.snug.kill('SIGTERM')
    await eventually(async () => assert.ok(readers.every(({ streams }) => streams > 1)))
    stopping = true
    await posting
    await sees(posted.at(-1) ?? '')
    for (const reader of readers) {
      await reader.close()
      assert.deepEqual(reader.texts, posted)
      assert.equal(reader.gaps, 0)
    }
    assert.deepEqual([...new Set(await balancer.servedBy('/r/tea/events'))].length, 2)
  })

  test(`P5: behind ${name}, every post is stored once even if a process is killed`, {
    skip: !linux,
  }, async (t) => {
    const { url, one } = await startBalanced(t, name, '--limits', 'off')
    await makeKeptRoom(new Visitor(url))
    const people = Array.from({ length: 4 }, () => new Visitor(url))
    const reader = new Visitor(url)
    let killed = false
    const posted: string[] = []
    const posting = people.map(async (visitor, index) => {
      await visitor.get('/r/tea')
      for (let n = 0, after = 0; after < 20; n++) {
        await post(visitor, 'tea', `${index}: ${n}`)
        posted.push(`${index}: ${n}`)
        if (killed) after++
      }
    })
    await eventually(async () => assert.ok(posted.length > 40))
    await one.snug.kill('SIGKILL')
    killed = true
    await Promise.all(posting)
    const texts: string[] = []
    for (let before: string | null = ''; before !== null; ) {
      const path = `/r/tea/messages${before && `?before=${before}`}`
      const page = (await (await reader.get(path, JSON_ANSWER)).json()) as {
        messages: { text: string }[]
        before: string | null
      }
      texts.push(...page.messages.map(({ text }) => text))
      before = page.before
    }
    assert.deepEqual(texts.toSorted(), posted.toSorted())
  })
}

/** Posts as a page does: with a key, so that the message exists once, however often it is sent. */
async function post(visitor: Visitor, room: string, text: string): Promise<void> {
  const { status } = await visitor.post(`/r/${room}/messages`, { text, key: randomUUID() }, JSON_ANSWER)
  assert.ok(status < 300, `${text}: ${status}`)
}

/** A reader reconnects this long after its stream ended. Pages wait longer. */
const RETRY_MS = 200

/** A reader that reconnects with the last id that it received, as a page does. */
class ReconnectingReader {
  readonly texts: string[] = []
  streams = 0
  gaps = 0
  readonly #visitor: Visitor
  readonly #address: string
  #closed = false
  #stream: SseReader | undefined
  #finished: Promise<void> = Promise.resolve()

  private constructor(visitor: Visitor, address: string) {
    this.#visitor = visitor
    this.#address = address
  }

  static async enter(url: string, room: string): Promise<ReconnectingReader> {
    const visitor = new Visitor(url)
    const reader = new ReconnectingReader(
      visitor,
      findStreamAddress(await (await visitor.get(`/r/${room}`)).text()),
    )
    reader.#finished = reader.#read()
    await eventually(async () => assert.equal(reader.streams, 1))
    return reader
  }

  sees(text: string): Promise<void> {
    return eventually(async () => assert.ok(this.texts.includes(text), text))
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#stream?.close()
    await this.#finished
  }

  async #read(): Promise<void> {
    let lastId: string | undefined
    while (!this.#closed) {
      const headers: Record<string, string> = lastId === undefined ? {} : { 'Last-Event-ID': lastId }
      const stream = await this.#visitor.follow(this.#address, headers)
      assert.equal(stream.response.status, 200)
      this.#stream = stream
      this.streams++
      let collected = 0
      const collect = () => {
        for (const { event, data, id } of stream.events.slice(collected)) {
          collected++
          if (id !== undefined) lastId = id
          if (event === 'gap' || data.includes('class="notice gap')) this.gaps++
          const text = /text \d+/.exec(data)?.[0]
          if (text !== undefined && event === undefined) this.texts.push(text)
        }
      }
      const polling = setInterval(collect, 10)
      await stream.ended
      clearInterval(polling)
      collect()
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
    }
  }
}
