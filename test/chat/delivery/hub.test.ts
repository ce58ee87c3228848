import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { LocalBus } from '../../../src/bus/local.ts'
import { FanOut } from '../../../src/chat/delivery/fan-out.ts'
import { FEEDS_MAX, Hub } from '../../../src/chat/delivery/hub.ts'
import { type EventId, formatId } from '../../../src/chat/event.ts'
import { parseDraft } from '../../../src/chat/message.ts'
import type { Bus } from '../../../src/chat/ports/bus.ts'
import type { Undo } from '../../../src/chat/ports/clock.ts'
import { parseSlug, type Slug } from '../../../src/chat/room.ts'
import { encoders } from '../../../src/frames/encoders.ts'
import { ADA, AUTHOR, LOBBY } from '../../support/events.ts'
import { eventually } from '../../support/eventually.ts'
import { RecordingSubscriber } from '../../support/recording-subscriber.ts'
import { refused } from '../../support/refused.ts'
import { FOREVER, testStore } from '../../support/store/test-store.ts'
import { testChat } from '../../support/test-chat.ts'

/** A bus between which and its rooms something can go wrong, or take a while. */
class TroubledBus implements Bus {
  readonly #bus: Bus
  listening = 0
  /** Runs while a feed listens already: before its room's top is looked up, and before the answer arrives. */
  meanwhile: () => Promise<void> = async () => {}
  beforeListening: () => Promise<void> = async () => {}

  constructor(bus: Bus) {
    this.#bus = bus
  }

  post: Bus['post'] = (room, member, author, draft) => this.#bus.post(room, member, author, draft)

  publish: Bus['publish'] = (event) => this.#bus.publish(event)

  signal: Bus['signal'] = (room, signal) => this.#bus.signal(room, signal)

  async top(room: Slug): Promise<EventId> {
    await this.meanwhile()
    const top = await this.#bus.top(room)
    await this.meanwhile()
    return top
  }

  async listen(room: Slug, listener: Parameters<Bus['listen']>[1]): Promise<Undo> {
    await this.beforeListening()
    const undo = await this.#bus.listen(room, listener)
    this.listening++
    return () => {
      this.listening--
      undo()
    }
  }
}

function troubled() {
  const buses: TroubledBus[] = []
  const chat = testChat((inner) => {
    const bus = new TroubledBus(inner)
    buses.push(bus)
    return bus
  })
  const [bus] = buses
  assert.ok(bus)
  const say = (text: string) => bus.post(LOBBY, ADA, AUTHOR, parseDraft({ text }))
  return { chat, bus, say }
}

test('a room has one feed, however many ask for it at once', async () => {
  const { chat, bus } = troubled()
  const feeds = await Promise.all([1, 2, 3].map(() => chat.hub.feed(LOBBY)))
  assert.equal(new Set(feeds).size, 1)
  assert.equal(bus.listening, 1)
})

test('what happens while a feed is opening is neither lost nor shown twice', async () => {
  const { chat, bus, say } = troubled()
  const { id: held } = await say('before')
  bus.meanwhile = async () => void (await say('meanwhile'))
  const feed = await chat.hub.feed(LOBBY)
  const readers = [new RecordingSubscriber(), new RecordingSubscriber()]
  for (const reader of readers) {
    feed.join(reader, { requested: held, issued: held })
    await say('after')
  }
  chat.clock.advance(1)
  const id = (seq: number) => formatId({ ...held, seq })
  // What came before the top was looked up is counted, not shown: the feed began with that top.
  const all = [
    ['open', id(1)],
    ['gap', id(2), 1],
    ['posted', id(3)],
    ['posted', id(4)],
    ['posted', id(5)],
  ]
  for (const { received } of readers) assert.deepEqual(received, all)
})

test('a bus that fails is asked again by the next who comes', async () => {
  const { chat, bus, say } = troubled()
  const failing = async () => {
    throw new Error('away')
  }
  bus.beforeListening = failing
  await assert.rejects(chat.hub.feed(LOBBY), /away/)
  bus.beforeListening = async () => {}
  bus.meanwhile = failing
  await assert.rejects(chat.hub.feed(LOBBY), /away/)
  assert.equal(bus.listening, 0)
  bus.meanwhile = async () => {}
  const feed = await chat.hub.feed(LOBBY)
  const reader = new RecordingSubscriber()
  feed.join(reader, undefined)
  await say('back')
  chat.clock.advance(1)
  assert.equal(reader.received.length, 2)
})

test('a feed stays while somebody reads, and a minute longer', async () => {
  const { chat, bus } = troubled()
  const feed = await chat.hub.feed(LOBBY)
  const reader = new RecordingSubscriber()
  feed.join(reader, undefined)
  chat.clock.advance(3_600_000)
  assert.equal(bus.listening, 1)
  feed.leave(reader)
  chat.clock.advance(60_000)
  assert.equal(bus.listening, 1)
  chat.clock.advance(20_000)
  assert.equal(bus.listening, 0)
  assert.notEqual(await chat.hub.feed(LOBBY), feed)
})

test('a feed that is asked for again stays for another minute', async () => {
  const { chat } = troubled()
  const feed = await chat.hub.feed(LOBBY)
  for (let times = 0; times < 5; times++) {
    chat.clock.advance(50_000)
    assert.equal(await chat.hub.feed(LOBBY), feed)
  }
})

test('who comes back after the feed is gone is told how much was missed', async () => {
  const { chat, say } = troubled()
  const feed = await chat.hub.feed(LOBBY)
  const { id } = await say('one')
  chat.clock.advance(100_000)
  await say('two')
  const again = await chat.hub.feed(LOBBY)
  assert.notEqual(again, feed)
  const reader = new RecordingSubscriber()
  again.join(reader, { requested: id, issued: id })
  const top = formatId({ ...id, seq: 2 })
  assert.deepEqual(reader.received, [
    ['open', formatId(id)],
    ['gap', top, 1],
  ])
})

test('who comes where a process follows as many rooms as it can takes the place of the one that is unread for longest', async () => {
  const { chat, bus } = troubled()
  const room = (number: number) => parseSlug(`room-${number}`)
  ;(await chat.hub.feed(room(0))).join(new RecordingSubscriber(), undefined)
  const unread = await chat.hub.feed(room(1))
  chat.clock.advance(10)
  const rest = Array.from({ length: FEEDS_MAX - 2 }, (_, number) => room(number + 2))
  await Promise.all(rest.map((room) => chat.hub.feed(room)))
  await chat.hub.feed(LOBBY)
  assert.deepEqual([unread.closed, (await chat.hub.feed(room(0))).readerCount], [true, 1])
  assert.deepEqual([chat.hub.size, bus.listening], [FEEDS_MAX, FEEDS_MAX])
})

test('a process follows so many rooms that somebody reads and no more', async () => {
  const { chat } = troubled()
  const rooms = Array.from({ length: FEEDS_MAX }, (_, number) => parseSlug(`room-${number}`))
  const feeds = await Promise.all(rooms.map((room) => chat.hub.feed(room)))
  const reader = new RecordingSubscriber()
  for (const feed of feeds) feed.join(reader, undefined)
  await assert.rejects(chat.hub.feed(LOBBY), refused('busy'))
  await chat.hub.feed(parseSlug('room-7'))
  feeds[3]?.leave(reader)
  await chat.hub.feed(LOBBY)
  assert.equal(feeds[3]?.closed, true)
})

test('a hub that is closed listens to nothing and waits for nothing', async () => {
  const { chat, bus, say } = troubled()
  const waiting = chat.clock.pendingTimers
  await chat.hub.feed(LOBBY)
  await say('soon forgotten')
  chat.hub.close()
  assert.equal(bus.listening, 0)
  assert.equal(chat.clock.pendingTimers, waiting - 1)
})

/** A hub whose rooms' signals are all lost: this store tells nobody who listens. */
async function deaf(t: TestContext) {
  const { store, clock, secrets } = await testStore(t)
  const ended: string[] = []
  const hub = new Hub<string>(new LocalBus(clock, secrets), store, clock, 60_000, {
    encoders,
    encodeChunk: (text) => text,
    fanOut: new FanOut(clock),
    retryMs: () => 1500,
    end: (_room, ending) => void ended.push(ending),
  })
  t.after(() => hub.close())
  const reader = new RecordingSubscriber()
  const join = async () => (await hub.feed(LOBBY)).join(reader, undefined)
  const told = () =>
    reader.chunks
      .join('')
      .split('\n')
      .flatMap((line) => /"(?:retention|missed)".*/.exec(line) ?? [])
  const outage = async () => {
    hub.announceOutage(false)
    hub.announceOutage(true)
    await eventually(async () => {
      clock.advance(10)
      assert.ok(ended.length > 0 || told().length > 0)
    })
  }
  return { store, ended, join, told, outage }
}

test('after an outage readers are told that their room became a kept one, and come back to that', async (t) => {
  const { store, ended, join, told, outage } = await deaf(t)
  await join()
  await store.createRoom(LOBBY, { ...FOREVER, keep: 7 }, 'owner')
  await outage()
  assert.deepEqual(ended, ['rotate'])
  assert.match(told()[0] ?? '', /"keep":7/)
})

test('after an outage readers are told once what their room keeps by now', async (t) => {
  const { store, ended, join, told, outage } = await deaf(t)
  await store.createRoom(LOBBY, FOREVER, 'owner')
  await join()
  await store.changeSettings(LOBBY, { ...FOREVER, keep: 7 })
  await outage()
  await outage()
  assert.deepEqual([ended, told().length], [[], 1])
})

test('after an outage readers are sent home whose room was deleted meanwhile', async (t) => {
  const { store, ended, join, outage } = await deaf(t)
  await store.createRoom(LOBBY, FOREVER, 'owner')
  await join()
  await store.deleteRoom(LOBBY)
  await outage()
  assert.deepEqual(ended, ['closed'])
})
