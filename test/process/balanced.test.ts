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
  test(`behind ${name} as the docs show it any process answers any request`, { skip: !linux }, async (t) => {
    const { balancer, url, one, two } = await startBalanced(t, name, '--limit-rooms', '3/h')
    const bothServed = (path: string) =>
      eventually(async () => {
        const servers = new Set(await balancer.servedBy(path))
        assert.deepEqual([...servers].sort(), [one.port, two.port].sort(), path)
      })
    const [ada, bo] = [new Visitor(url), new Visitor(url)]
    // Two streams are at two processes, and everything else goes to one after the other.
    const readers = [await ada.enter('lounge'), await bo.enter('lounge')]
    const told = async (text: string) => {
      for (const reader of readers) await reader.next(({ data }) => data.includes(text))
    }
    // An odd number of requests each time: no kind of them always goes to the same process.
    for (const name of ['Ada', 'Grace']) {
      assert.ok((await ada.post('/r/lounge/name', { name })).status < 400)
      const texts = ['once', 'twice', 'thrice'].map((times) => `${name} ${times}`)
      await postTexts(ada, 'lounge', ...texts)
      for (const text of texts) await told(text)
      const people = await (await bo.get('/r/lounge/people')).text()
      assert.match(people, new RegExp(`>${name}<`))
    }

    const owner = await makeKeptRoom(ada)
    const kept = [await ada.enter('tea'), await bo.enter('tea')]
    for (const text of ['first', 'second']) {
      const [id] = await postTexts(bo, 'tea', text)
      const one = `/r/tea/messages/${id}`
      assert.ok((await bo.post(one, { text: `${text} changed` })).status < 400)
      for (const reader of kept) await reader.next(({ data }) => data.includes(`${text} changed`))
      if (text === 'first') assert.ok((await bo.post(`${one}/delete`, {})).status < 400)
      const { messages } = (await (await ada.get('/r/tea/messages', JSON_ANSWER)).json()) as {
        messages: { text: string }[]
      }
      assert.deepEqual(
        messages.map((message) => message.text),
        text === 'first' ? [] : ['second changed'],
      )
    }
    // The owner's link, at whichever process, in another browser.
    const maker = new Visitor(url)
    assert.ok((await maker.get(owner)).status < 400)
    for (const keep of ['10', '20']) {
      const settings = { retention: 'forever', keep }
      assert.ok((await maker.post('/r/tea/settings', settings)).status < 400)
      assert.match(await (await maker.get('/r/tea/settings')).text(), new RegExp(`value="${keep}"`))
    }
    for (const path of ['/r/lounge/messages', '/r/lounge/name', '/r/tea/messages', '/r/tea/settings'])
      await bothServed(path)
    // Counted together, and by where people come from.
    const make = async (from: string, room: string) => {
      const fields = { room, kind: 'kept' }
      return (await requestFrom(from, `${url}/rooms`, { ...JSON_ANSWER, Origin: url }, fields)).status
    }
    const statuses: number[] = []
    for (let n = 0; n < 6; n++) statuses.push(await make('127.0.0.5', `room-${n}`))
    const made = statuses.filter((status) => status === 201).length
    // Each other process may let one more through.
    assert.ok(made === 3 || made === 4, statuses.join())
    assert.deepEqual(statuses.slice(made), Array(6 - made).fill(429))
    assert.equal(await make('127.0.0.6', 'mine'), 201)
    await bothServed('/rooms')
    // Streams are logged when they are over.
    for (const reader of [...readers, ...kept]) await reader.close()
    await bothServed('/r/lounge/events')
  })

  test(`behind ${name} processes are renewed one by one, and no reader and no writer misses anything`, {
    skip: !linux,
  }, async (t) => {
    const { balancer, url, one, two, start } = await startBalanced(t, name, '--limits', 'off')
    await makeKeptRoom(new Visitor(url))
    const readers = [
      await Lasting.enter(url, 'tea'),
      await Lasting.enter(url, 'tea'),
      await Lasting.enter(url, 'lounge'),
      await Lasting.enter(url, 'lounge'),
    ]
    const bo = new Visitor(url)
    await bo.get('/r/tea')
    const said: string[] = []
    let over = false
    const talking = (async () => {
      while (!over || said.length < 20) {
        const text = `text ${said.length}`
        for (const room of ['tea', 'lounge']) await post(bo, room, text)
        said.push(text)
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    })()
    const sees = (text: string) => Promise.all(readers.map((reader) => reader.sees(text)))
    await sees('text 3')
    const { code } = await one.snug.kill('SIGTERM')
    assert.equal(code, 0)
    await eventually(async () => assert.ok(readers.some(({ streams }) => streams > 1)))
    await sees(`text ${said.length}`)
    await start(one.port)
    await balancer.waitForServer(one.port)
    await two.snug.kill('SIGTERM')
    await eventually(async () => assert.ok(readers.every(({ streams }) => streams > 1)))
    over = true
    await talking
    await sees(said.at(-1) ?? '')
    for (const reader of readers) {
      await reader.close()
      assert.deepEqual(reader.texts, said)
      assert.equal(reader.gaps, 0)
    }
    assert.deepEqual([...new Set(await balancer.servedBy('/r/tea/events'))].length, 2)
  })

  test(`behind ${name} a process is killed, and what is posted is there once`, {
    skip: !linux,
  }, async (t) => {
    const { url, one } = await startBalanced(t, name, '--limits', 'off')
    await makeKeptRoom(new Visitor(url))
    const people = Array.from({ length: 4 }, () => new Visitor(url))
    const reader = new Visitor(url)
    let killed = false
    const said: string[] = []
    const talking = people.map(async (visitor, index) => {
      await visitor.get('/r/tea')
      for (let n = 0, after = 0; after < 20; n++) {
        await post(visitor, 'tea', `${index}: ${n}`)
        said.push(`${index}: ${n}`)
        if (killed) after++
      }
    })
    await eventually(async () => assert.ok(said.length > 40))
    await one.snug.kill('SIGKILL')
    killed = true
    await Promise.all(talking)
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
    assert.deepEqual(texts.toSorted(), said.toSorted())
  })
}

/** As pages post: with a key, by which it is there once, however often it is sent. */
async function post(visitor: Visitor, room: string, text: string): Promise<void> {
  const { status } = await visitor.post(`/r/${room}/messages`, { text, key: randomUUID() }, JSON_ANSWER)
  assert.ok(status < 300, `${text}: ${status}`)
}

/** How soon, in milliseconds, a reader comes back whose stream ended; pages take longer. */
const RETRY_MS = 200

/** A reader who comes back, as a page does, with the last id that it holds. */
class Lasting {
  readonly texts: string[] = []
  streams = 0
  gaps = 0
  readonly #visitor: Visitor
  readonly #address: string
  #closed = false
  #stream: SseReader | undefined
  #over: Promise<void> = Promise.resolve()

  private constructor(visitor: Visitor, address: string) {
    this.#visitor = visitor
    this.#address = address
  }

  static async enter(url: string, room: string): Promise<Lasting> {
    const visitor = new Visitor(url)
    const reader = new Lasting(visitor, findStreamAddress(await (await visitor.get(`/r/${room}`)).text()))
    reader.#over = reader.#read()
    await eventually(async () => assert.equal(reader.streams, 1))
    return reader
  }

  sees(text: string): Promise<void> {
    return eventually(async () => assert.ok(this.texts.includes(text), text))
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#stream?.close()
    await this.#over
  }

  async #read(): Promise<void> {
    let last: string | undefined
    while (!this.#closed) {
      const headers: Record<string, string> = last === undefined ? {} : { 'Last-Event-ID': last }
      const stream = await this.#visitor.follow(this.#address, headers)
      assert.equal(stream.response.status, 200)
      this.#stream = stream
      this.streams++
      let from = 0
      const take = () => {
        for (const { event, data, id } of stream.events.slice(from)) {
          from++
          if (id !== undefined) last = id
          if (event === 'gap' || data.includes('class="notice gap')) this.gaps++
          const text = /text \d+/.exec(data)?.[0]
          if (text !== undefined && event === undefined) this.texts.push(text)
        }
      }
      const looking = setInterval(take, 10)
      await stream.ended
      clearInterval(looking)
      take()
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
    }
  }
}
