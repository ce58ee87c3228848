import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { LocalBus } from '../../../src/bus/local.ts'
import { CATCH_UP_MAX, catchUp } from '../../../src/chat/delivery/catch-up.ts'
import { FanOut } from '../../../src/chat/delivery/fan-out.ts'
import { Hub } from '../../../src/chat/delivery/hub.ts'
import { formatId, type RoomEvent } from '../../../src/chat/event.ts'
import { parseDraft } from '../../../src/chat/message.ts'
import type { Bus, BusMessage } from '../../../src/chat/ports/bus.ts'
import { Refusal } from '../../../src/chat/refusal.ts'
import { encoders } from '../../../src/frames/encoders.ts'
import { systemClock } from '../../../src/system/clock.ts'
import { ADA, AUTHOR, LOBBY } from '../../support/events.ts'
import { RecordingSubscriber } from '../../support/recording-subscriber.ts'
import { testSecrets } from '../../support/secrets.ts'
import { FOREVER, testStore } from '../../support/store/test-store.ts'

/** A room of each kind on a bus that can lose what it carries, and whose hub may find nothing in the store. */
async function lossy(t: TestContext, kept: boolean, reading = { allowed: true }) {
  const { store, published } = await testStore(t)
  if (kept) await store.createRoom(LOBBY, FOREVER, 'owner')
  const clock = systemClock
  const inner = new LocalBus(clock, testSecrets())
  let losing = false
  const bus: Bus = {
    post: (...args) => inner.post(...args),
    publish: (event) => inner.publish(event),
    signal: (...args) => inner.signal(...args),
    top: (room) => inner.top(room),
    listen: (room, listener) => inner.listen(room, (heard: BusMessage) => losing || listener(heard)),
  }
  const fallible = Object.assign(Object.create(store), {
    find: store.findKeptRoom.bind(store),
    top: store.top.bind(store),
    reservedUntil: store.reservedUntil.bind(store),
    between: (...args: Parameters<typeof store.readEvents>) =>
      reading.allowed ? store.readEvents(...args) : Promise.reject(new Refusal('busy', 'Not now', 1)),
  })
  const hub = new Hub<string>(bus, fallible, clock, 60_000, {
    encoders,
    encodeChunk: (text) => text,
    fanOut: new FanOut(clock),
    retryMs: () => 1500,
    end: () => {},
  })
  t.after(() => hub.close())
  const say = async (text: string, lost = false): Promise<RoomEvent> => {
    losing = lost
    const draft = parseDraft({ text })
    const event = kept
      ? await store.append(LOBBY, ADA, AUTHOR, draft)
      : await bus.post(LOBBY, ADA, AUTHOR, draft)
    if (kept) await inner.publish(published.at(-1) ?? event)
    losing = false
    return event
  }
  const join = async (asked: RoomEvent) => {
    const reader = new RecordingSubscriber()
    const feed = await hub.feed(LOBBY)
    await catchUp({ store, bus, hub, clock }, LOBBY, feed, reader, { requested: asked.id, issued: asked.id })
    return reader
  }
  return { store, bus, hub, clock, say, join }
}

/** Whoever holds this event and joins gets the next one, and nothing else. */
async function followsOnce(
  { say, join }: Pick<Awaited<ReturnType<typeof lossy>>, 'say' | 'join'>,
  held: RoomEvent,
) {
  const reader = await join(held)
  const next = await say('three')
  while (reader.received.length < 2) await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual(reader.received, [
    ['open', formatId(held.id)],
    ['posted', formatId(next.id)],
  ])
}

for (const kept of [true, false])
  test(`whoever holds what the feed of a ${kept ? 'kept' : 'vanishing'} room lost gets what follows, once`, async (t) => {
    const { hub, say, join } = await lossy(t, kept)
    await hub.feed(LOBBY)
    await say('one')
    const lost = await say('two', true)
    await followsOnce({ say, join }, lost)
  })

test('whoever holds what a feed can’t be brought to comes again, and gets nothing twice', async (t) => {
  const reading = { allowed: false }
  const { hub, say, join } = await lossy(t, true, reading)
  const feed = await hub.feed(LOBBY)
  await say('one')
  const lost = await say('two', true)
  await assert.rejects(join(lost), (error) => error instanceof Refusal && error.code === 'busy')
  assert.equal(feed.readerCount, 0)
  reading.allowed = true
  await followsOnce({ say, join }, lost)
})

test('whoever missed more than is sent again, of which nothing is left, is told of a gap and of no id twice', async (t) => {
  const { store, say, join } = await lossy(t, true)
  const asked = await say('before')
  await store.deleteMessage(LOBBY, asked.id, 'owner')
  for (let n = 0; n <= CATCH_UP_MAX; n++) {
    const { id } = await say(`${n}`)
    await store.deleteMessage(LOBBY, id, 'owner')
  }
  const all = await store.readEvents(LOBBY, { ...asked.id, seq: 0 }, await store.top(LOBBY), 1_000)
  assert.ok(all.length > CATCH_UP_MAX)
  const reader = await join(asked)
  const top = formatId(await store.top(LOBBY))
  assert.deepEqual(reader.received, [
    ['open', formatId(asked.id)],
    ['gap', top, null],
  ])
})

test('whoever is let go before it is known what room it is goes on from what their own page was given, or from now', async (t) => {
  const { store, bus, hub, clock, say } = await lossy(t, false)
  const [old, given] = [await say('one'), await say('two')]
  const feed = await hub.feed(LOBBY)
  await say('three')
  const found = Promise.withResolvers<undefined>()
  const waiting = Object.assign(Object.create(store), { findKeptRoom: () => found.promise })
  for (const [proven, held] of [
    [undefined, feed.top],
    [given.id, given.id],
  ] as const) {
    const reader = new RecordingSubscriber()
    const resumption = { requested: old.id, issued: proven }
    const caughtUp = catchUp({ store: waiting, bus, hub, clock }, LOBBY, feed, reader, resumption)
    assert.deepEqual(feed.finish(reader), held)
    found.resolve(undefined)
    await caughtUp
    assert.deepEqual(reader.received, [])
  }
})
