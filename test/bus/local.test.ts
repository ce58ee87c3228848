import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LocalBus, NUMBERED_ROOMS_MAX } from '../../src/bus/local.ts'
import { postMessage } from '../../src/chat/actions/post-message.ts'
import { follows } from '../../src/chat/delivery/resume.ts'
import { formatId } from '../../src/chat/event.ts'
import { parseDraft } from '../../src/chat/message.ts'
import { parseSlug, type Slug } from '../../src/chat/room.ts'
import { busContract } from '../contracts/bus.ts'
import { TestClock } from '../support/clock.ts'
import { ADA, AUTHOR, LOBBY, testCaller } from '../support/events.ts'
import { RecordingSubscriber } from '../support/recording-subscriber.ts'
import { testSecrets } from '../support/secrets.ts'
import { testChat } from '../support/test-chat.ts'

const HOUR = 3_600_000

busContract('the local bus', async () => {
  const clock = new TestClock()
  return {
    bus: new LocalBus(clock, testSecrets()),
    advance: async (ms) => clock.advance(ms),
    close: async () => {},
  }
})

function localBus() {
  const clock = new TestClock()
  const bus = new LocalBus(clock, testSecrets())
  const post = (room: Slug) => bus.post(room, ADA, AUTHOR, parseDraft({ text: 'hi' }))
  return { clock, bus, post }
}

test('a listener receives a message before the post resolves', async () => {
  const { bus, post } = localBus()
  const received: unknown[] = []
  await bus.listen(LOBBY, (event) => void received.push(event))
  const message = await post(LOBBY)
  assert.equal(received[0], message)
})

test('a room keeps its epoch while it has listeners and for an hour after', async () => {
  const { clock, bus, post } = localBus()
  const stopListening = await bus.listen(LOBBY, () => {})
  const { epoch } = await bus.top(LOBBY)
  clock.advance(5 * HOUR)
  assert.deepEqual((await post(LOBBY)).id, { epoch, seq: 1 })
  clock.advance(5 * HOUR)
  stopListening()
  clock.advance(HOUR - 1)
  assert.deepEqual(await bus.top(LOBBY), { epoch, seq: 1 })
  clock.advance(1)
  assert.equal((await bus.top(LOBBY)).seq, 0)
})

test('a reader who stays in a quiet room for hours receives no gap', async () => {
  const chat = testChat()
  const feed = await chat.hub.feed(LOBBY)
  const reader = new RecordingSubscriber()
  feed.join(reader, undefined)
  for (let times = 0; times < 3; times++) {
    chat.clock.advance(2 * HOUR)
    await postMessage(chat, testCaller(ADA), LOBBY, () => parseDraft({ text: 'still here?' }))
  }
  chat.clock.advance(1)
  assert.deepEqual(
    reader.received.map(([kind]) => kind),
    ['open', 'posted', 'posted', 'posted'],
  )
})

test('beyond the bound, the least recently used rooms lose their numbers, but not rooms with listeners', async () => {
  const { bus, post } = localBus()
  const [listened, oldest] = [parseSlug('listened'), parseSlug('oldest')]
  await bus.listen(listened, () => {})
  const { id: kept } = await post(listened)
  await post(oldest)
  for (let number = 0; number < NUMBERED_ROOMS_MAX; number++) await post(parseSlug(`room-${number}`))
  assert.equal((await bus.top(oldest)).seq, 0)
  assert.deepEqual(await bus.top(listened), kept)
  assert.equal((await bus.top(parseSlug(`room-${NUMBERED_ROOMS_MAX / 2}`))).seq, 1)
})

test('P6: a clock that is set makes no gap for a page of an unused room, and no message seems older than the one before', async () => {
  for (const jumpMs of [-26 * HOUR, -1, 0, 2 * HOUR]) {
    const clock = new TestClock()
    let offset = 0
    const settable = Object.assign(Object.create(clock), { now: () => clock.now() + offset })
    for (const method of ['elapsed', 'after', 'setImmediate'] as const)
      settable[method] = clock[method].bind(clock)
    const bus = new LocalBus(settable, testSecrets())
    const cursor = await bus.top(LOBBY)
    offset = jumpMs
    clock.advance(1000)
    const post = () => bus.post(LOBBY, ADA, AUTHOR, parseDraft({ text: 'hi' }))
    const first = await post()
    assert.ok(follows(first.id, cursor), `after ${jumpMs} ms: ${formatId(cursor)}, ${formatId(first.id)}`)
    offset -= 5 * HOUR
    const second = await post()
    assert.ok(second.at >= first.at)
    assert.ok(follows(second.id, first.id))
  }
})
