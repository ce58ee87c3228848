import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { LocalBus } from '../../../src/bus/local.ts'
import { CATCH_UP_MAX, catchUp } from '../../../src/chat/delivery/catch-up.ts'
import { FanOut } from '../../../src/chat/delivery/fan-out.ts'
import { Hub } from '../../../src/chat/delivery/hub.ts'
import type { Subscriber } from '../../../src/chat/delivery/subscriber.ts'
import { formatId, type RoomEvent } from '../../../src/chat/event.ts'
import { MessageCache } from '../../../src/chat/history/message-cache.ts'
import { parseDraft } from '../../../src/chat/message.ts'
import type { Bus, BusMessage } from '../../../src/chat/ports/bus.ts'
import { Refusal } from '../../../src/chat/refusal.ts'
import { encoders } from '../../../src/frames/encoders.ts'
import { systemClock } from '../../../src/system/clock.ts'
import { ADA, AUTHOR, LOBBY } from '../../support/events.ts'
import { eventually } from '../../support/eventually.ts'
import { readSse } from '../../support/http/read-sse.ts'
import { RecordingSubscriber } from '../../support/recording-subscriber.ts'
import { testSecrets } from '../../support/secrets.ts'
import { FOREVER, testStore } from '../../support/store/test-store.ts'

/** A room of either kind, with a bus that can lose events and a hub that can fail to read the store. */
async function lossyRoom(t: TestContext, kept: boolean, reading = { allowed: true }) {
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
    listen: (room, listener) => inner.listen(room, (message: BusMessage) => losing || listener(message)),
  }
  const fallible = Object.assign(Object.create(store), {
    findKeptRoom: store.findKeptRoom.bind(store),
    top: store.top.bind(store),
    reservedUntil: store.reservedUntil.bind(store),
    readEvents: (...args: Parameters<typeof store.readEvents>) =>
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
  const post = async (text: string, lost = false): Promise<RoomEvent> => {
    losing = lost
    const draft = parseDraft({ text })
    const event = kept
      ? await store.append(LOBBY, ADA, AUTHOR, draft)
      : await bus.post(LOBBY, ADA, AUTHOR, draft)
    if (kept) await inner.publish(published.at(-1) ?? event)
    losing = false
    return event
  }
  const messageCache = new MessageCache(clock)
  const join = async (last: RoomEvent) => {
    const reader = new RecordingSubscriber()
    const feed = await hub.feed(LOBBY)
    await catchUp({ store, messageCache, bus, hub, clock }, LOBBY, feed, reader, {
      requested: last.id,
      issued: last.id,
    })
    return reader
  }
  return { store, bus, hub, clock, post, join }
}

/** Asserts that a reader who resumes after `last` gets the next event, and nothing else. */
async function assertResumesOnce(
  { post, join }: Pick<Awaited<ReturnType<typeof lossyRoom>>, 'post' | 'join'>,
  last: RoomEvent,
) {
  const reader = await join(last)
  const next = await post('three')
  while (reader.received.length < 2) await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual(reader.received, [
    ['open', formatId(last.id)],
    ['posted', formatId(next.id)],
  ])
}

for (const kept of [true, false])
  test(`P6: a reader ahead of the feed of a ${kept ? 'kept' : 'vanishing'} room gets the following events, once`, async (t) => {
    const { hub, post, join } = await lossyRoom(t, kept)
    await hub.feed(LOBBY)
    await post('one')
    const lost = await post('two', true)
    await assertResumesOnce({ post, join }, lost)
  })

test('a reader ahead of a feed that can’t catch up is refused, and later gets nothing twice', async (t) => {
  const reading = { allowed: false }
  const { hub, post, join } = await lossyRoom(t, true, reading)
  const feed = await hub.feed(LOBBY)
  await post('one')
  const lost = await post('two', true)
  await assert.rejects(join(lost), (error) => error instanceof Refusal && error.code === 'busy')
  assert.equal(feed.readerCount, 0)
  reading.allowed = true
  await assertResumesOnce({ post, join }, lost)
})

async function postAndDeleteTooMany(t: TestContext) {
  const { store, hub, bus, clock, post, join } = await lossyRoom(t, true)
  const last = await post('before')
  await store.deleteMessage(LOBBY, last.id, 'owner')
  for (let n = 0; n <= CATCH_UP_MAX; n++) {
    const { id } = await post(`${n}`)
    await store.deleteMessage(LOBBY, id, 'owner')
  }
  const all = await store.readEvents(LOBBY, { ...last.id, seq: 0 }, await store.top(LOBBY), 1_000)
  assert.ok(all.length > CATCH_UP_MAX)
  const messageCache = new MessageCache(clock)
  return { chat: { store, messageCache, hub, bus, clock }, store, hub, join, last, all, post }
}

test('a page that missed too many events gets a gap and no id twice, even if all messages were deleted', async (t) => {
  const { chat, store, hub, last } = await postAndDeleteTooMany(t)
  const chunks: string[] = []
  const page: Subscriber<string> = { format: 'htmx', send: (chunk) => void chunks.push(chunk) }
  await catchUp(chat, LOBBY, await hub.feed(LOBBY), page, { requested: last.id, issued: undefined })
  const ids = readSse(chunks.join('')).events.map(({ id }) => id)
  assert.deepEqual(ids.filter((id) => id !== undefined && id !== formatId(last.id)).slice(-1), [
    formatId(await store.top(LOBBY)),
  ])
  assert.match(chunks.join(''), /event: gap/)
})

test('P6: a program gets every event that it missed, once and in order, however many there are', async (t) => {
  const { join, last, all, post } = await postAndDeleteTooMany(t)
  const expected = all.map(({ id }) => formatId(id))
  const reader = await join(last)
  expected.push(formatId((await post('live')).id))
  await eventually(async () => assert.equal(reader.received.at(-1)?.[1], expected.at(-1)))
  assert.deepEqual(
    reader.received.map(([, id]) => id),
    [formatId(last.id), ...expected],
  )
})

test('a reader who leaves before the kind of the room is known resumes at the cursor of their own page, or at the top', async (t) => {
  const { store, bus, hub, clock, post } = await lossyRoom(t, false)
  const [first, second] = [await post('one'), await post('two')]
  const feed = await hub.feed(LOBBY)
  await post('three')
  const found = Promise.withResolvers<undefined>()
  const slowStore = Object.assign(Object.create(store), { findKeptRoom: () => found.promise })
  for (const [issued, cursor] of [
    [undefined, feed.top],
    [second.id, second.id],
  ] as const) {
    const reader = new RecordingSubscriber()
    const resumption = { requested: first.id, issued }
    const catchingUp = catchUp(
      { store: slowStore, messageCache: new MessageCache(clock), bus, hub, clock },
      LOBBY,
      feed,
      reader,
      resumption,
    )
    assert.deepEqual(feed.finish(reader), cursor)
    found.resolve(undefined)
    await catchingUp
    assert.deepEqual(reader.received, [])
  }
})
