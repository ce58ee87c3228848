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

/** A bus that can fail or take a while. */
class FaultyBus implements Bus {
  readonly #bus: Bus
  listening = 0
  /** Runs while a feed already listens: before the top of its room is read, and before the result arrives. */
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

function setUp() {
  const buses: FaultyBus[] = []
  const chat = testChat((inner) => {
    const bus = new FaultyBus(inner)
    buses.push(bus)
    return bus
  })
  const [bus] = buses
  assert.ok(bus)
  const post = (text: string) => bus.post(LOBBY, ADA, AUTHOR, parseDraft({ text }))
  return { chat, bus, post }
}

test('a room has one feed, even if several callers request it at once', async () => {
  const { chat, bus } = setUp()
  const feeds = await Promise.all([1, 2, 3].map(() => chat.hub.feed(LOBBY)))
  assert.equal(new Set(feeds).size, 1)
  assert.equal(bus.listening, 1)
})

test('P6: an event that arrives while a feed is opening is neither lost nor delivered twice', async () => {
  const { chat, bus, post } = setUp()
  const { id: first } = await post('before')
  bus.meanwhile = async () => void (await post('meanwhile'))
  const feed = await chat.hub.feed(LOBBY)
  const readers = [new RecordingSubscriber(), new RecordingSubscriber()]
  for (const reader of readers) {
    feed.join(reader, { requested: first, issued: first })
    await post('after')
  }
  chat.clock.advance(1)
  const id = (seq: number) => formatId({ ...first, seq })
  // The event from before the top was read is counted, not delivered: the feed began with that top.
  const all = [
    ['open', id(1)],
    ['gap', id(2), 1],
    ['posted', id(3)],
    ['posted', id(4)],
    ['posted', id(5)],
  ]
  for (const { received } of readers) assert.deepEqual(received, all)
})

test('a bus that failed is tried again for the next caller', async () => {
  const { chat, bus, post } = setUp()
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
  await post('back')
  chat.clock.advance(1)
  assert.equal(reader.received.length, 2)
})

test('a feed stays open while it has readers, and a minute longer', async () => {
  const { chat, bus } = setUp()
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

test('a feed that is requested again stays open for another minute', async () => {
  const { chat } = setUp()
  const feed = await chat.hub.feed(LOBBY)
  for (let times = 0; times < 5; times++) {
    chat.clock.advance(50_000)
    assert.equal(await chat.hub.feed(LOBBY), feed)
  }
})

test('a reader who returns after the feed was dropped gets a gap with the number of missed events', async () => {
  const { chat, post } = setUp()
  const feed = await chat.hub.feed(LOBBY)
  const { id } = await post('one')
  chat.clock.advance(100_000)
  await post('two')
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

test('a new room in a process with the maximum of feeds replaces the room that was unread for longest', async () => {
  const { chat, bus } = setUp()
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

test('a process with the maximum of feeds refuses a new room while all of them have readers', async () => {
  const { chat } = setUp()
  const rooms = Array.from({ length: FEEDS_MAX }, (_, number) => parseSlug(`room-${number}`))
  const feeds = await Promise.all(rooms.map((room) => chat.hub.feed(room)))
  const reader = new RecordingSubscriber()
  for (const feed of feeds) feed.join(reader, undefined)
  await assert.rejects(chat.hub.feed(LOBBY), refused('busy'))
  await chat.hub.feed(parseSlug('room-7'))
  feeds[3]?.leave(reader)
  chat.clock.advance(100)
  await chat.hub.feed(LOBBY)
  assert.equal(feeds[3]?.closed, true)
})

test('a new room does not look at all feeds, however many there are', async () => {
  const { chat } = setUp()
  const room = (number: number) => parseSlug(`room-${number}`)
  let [looks, allRead] = [0, false]
  const open = async (number: number) => {
    const feed = await chat.hub.feed(room(number))
    Object.defineProperty(feed, 'readerCount', {
      get: () => ++looks && (allRead || number % 2 === 0 ? 1 : 0),
    })
  }
  for (let number = 0; number < FEEDS_MAX; number++) await open(number)
  for (let number = FEEDS_MAX; number < FEEDS_MAX + 1_000; number++) await open(number)
  assert.equal(chat.hub.size, FEEDS_MAX)
  assert.ok(looks < 1_000 * 500, `${looks} looks`)
  ;[looks, allRead] = [0, true]
  for (let number = 0; number < 1_000; number++)
    await assert.rejects(chat.hub.feed(room(FEEDS_MAX * 2 + number)), refused('busy'))
  assert.ok(looks < 1_000 * 500, `${looks} looks`)
})

test('a closed hub has no listener and no timer', async () => {
  const { chat, bus, post } = setUp()
  const waiting = chat.clock.pendingTimers
  await chat.hub.feed(LOBBY)
  await post('soon forgotten')
  chat.hub.close()
  assert.equal(bus.listening, 0)
  assert.equal(chat.clock.pendingTimers, waiting - 1)
})

/** A hub that gets no signals about its rooms: its bus is not the one that the store publishes to. */
async function hubWithoutSignals(t: TestContext) {
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
  const announced = () =>
    reader.chunks
      .join('')
      .split('\n')
      .flatMap((line) => /"(?:retention|missed)".*/.exec(line) ?? [])
  const outage = async () => {
    hub.announceOutage(false)
    hub.announceOutage(true)
    await eventually(async () => {
      clock.advance(10)
      assert.ok(ended.length > 0 || announced().length > 0)
    })
  }
  return { store, ended, join, announced, outage }
}

test('after an outage, readers of a room that became a kept one get its settings and reconnect', async (t) => {
  const { store, ended, join, announced, outage } = await hubWithoutSignals(t)
  await join()
  await store.createRoom(LOBBY, { ...FOREVER, keep: 7 }, 'owner')
  await outage()
  assert.deepEqual(ended, ['rotate'])
  assert.match(announced()[0] ?? '', /"keep":7/)
})

test('after an outage, readers get the changed settings of their room once', async (t) => {
  const { store, ended, join, announced, outage } = await hubWithoutSignals(t)
  await store.createRoom(LOBBY, FOREVER, 'owner')
  await join()
  await store.changeSettings(LOBBY, { ...FOREVER, keep: 7 })
  await outage()
  await outage()
  assert.deepEqual([ended, announced().length], [[], 1])
})

test('after an outage, the streams of a room that was deleted meanwhile end as closed', async (t) => {
  const { store, ended, join, outage } = await hubWithoutSignals(t)
  await store.createRoom(LOBBY, FOREVER, 'owner')
  await join()
  await store.deleteRoom(LOBBY)
  await outage()
  assert.deepEqual(ended, ['closed'])
})
