import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { FILL_MAX, Sequencer } from '../../../src/chat/delivery/sequencer.ts'
import { type EventId, formatId, type RoomEvent } from '../../../src/chat/event.ts'
import { parseDraft } from '../../../src/chat/message.ts'
import type { BusMessage } from '../../../src/chat/ports/bus.ts'
import type { Store } from '../../../src/chat/ports/store.ts'
import { Refusal } from '../../../src/chat/refusal.ts'
import { ADA, AUTHOR, LOBBY } from '../../support/events.ts'
import { RecordingSubscriber } from '../../support/recording-subscriber.ts'
import { FOREVER, testStore } from '../../support/store/test-store.ts'
import { testFeed } from '../../support/test-feed.ts'

/** A kept room and its sequencer. A test passes events to the sequencer, or loses them. */
async function keptRoom(t: TestContext) {
  const { store, published } = await testStore(t)
  await store.createRoom(LOBBY, FOREVER, 'owner')
  const top = await store.top(LOBBY)
  const { feed, clock } = testFeed(top, { windowMs: 0 })
  const ended: string[] = []
  const reads: number[] = []
  let failure: Error | undefined
  const fallibleStore: Pick<Store, 'readEvents'> = {
    readEvents: async (room, after, upTo, limit) => {
      reads.push(after.seq)
      if (failure) throw failure
      return store.readEvents(room, after, upTo, limit)
    },
  }
  const sequencer = new Sequencer(LOBBY, feed, {
    clock,
    store: fallibleStore,
    end: (ending) => {
      ended.push(ending)
      feed.close()
    },
  })
  const reader = new RecordingSubscriber()
  feed.join(reader, undefined)
  const post = async (text: string) => {
    await store.append(LOBBY, ADA, AUTHOR, parseDraft({ text }))
    return published.at(-1) ?? assert.fail()
  }
  /** The events that the reader has, once there are `count` of them. */
  const received = async (count: number) => {
    while (reader.received.length < count + 1) {
      await new Promise((resolve) => setImmediate(resolve))
      clock.advance(100)
    }
    return reader.received.slice(1).map(([kind, id]) => `${kind} ${id.split('.')[1]}`)
  }
  return {
    store,
    sequencer,
    feed,
    top,
    clock,
    ended,
    reads,
    post,
    received,
    fail: (error: Error | undefined) => {
      failure = error
    },
  }
}

const posted = (...seqs: number[]) => seqs.map((seq) => `posted ${seq}`)

test('P8: events of a kept room that the bus lost are read from the store, in their order', async (t) => {
  const { sequencer, post, received, reads } = await keptRoom(t)
  sequencer.receive(await post('1'))
  await post('2')
  await post('3')
  const [four, five] = [await post('4'), await post('5')]
  sequencer.receive(four)
  // Messages wait while the store is read.
  sequencer.receive(five)
  assert.deepEqual(await received(5), posted(1, 2, 3, 4, 5))
  assert.deepEqual(reads, [1])
  sequencer.receive(four)
  sequencer.receive(await post('6'))
  assert.deepEqual(await received(6), posted(1, 2, 3, 4, 5, 6))
})

test('P8: the position of a room reveals lost events if no other event follows', async (t) => {
  const { sequencer, post, received } = await keptRoom(t)
  sequencer.receive(await post('1'))
  const { id } = await post('2')
  sequencer.receive({ kind: 'position', id })
  assert.deepEqual(await received(2), posted(1, 2))
  sequencer.receive({ kind: 'position', id: { ...id, seq: 1 } })
  sequencer.receive(await post('3'))
  assert.deepEqual(await received(3), posted(1, 2, 3))
})

test('a lost message that was deleted since then leaves no gap', async (t) => {
  const { sequencer, post, received, store } = await keptRoom(t)
  sequencer.receive(await post('1'))
  const { id } = await post('2')
  await post('3')
  const deleted = await store.deleteMessage(LOBBY, id, 'owner')
  sequencer.receive(deleted)
  sequencer.receive(await post('5'))
  assert.deepEqual(await received(4), ['posted 1', 'posted 3', 'deleted 4', 'posted 5'])
})

test('P8: a failed read of the store is repeated, and no event passes meanwhile', async (t) => {
  const { sequencer, post, received, fail, reads, clock } = await keptRoom(t)
  fail(new Refusal('busy', 'Away.', 1))
  sequencer.receive(await post('1'))
  await post('2')
  sequencer.receive(await post('3'))
  const four = await post('4')
  for (let times = 0; times < 5; times++) {
    await new Promise((resolve) => setImmediate(resolve))
    clock.advance(500)
  }
  assert.ok(reads.length >= 3)
  fail(undefined)
  sequencer.receive(four)
  assert.deepEqual(await received(4), posted(1, 2, 3, 4))
})

test('a room that is deleted while lost events are read ends at once for its readers', async (t) => {
  const { sequencer, post, fail, reads, ended } = await keptRoom(t)
  fail(new Refusal('busy', 'Away.', 1))
  await post('1')
  sequencer.receive(await post('2'))
  while (reads.length === 0) await new Promise((resolve) => setImmediate(resolve))
  sequencer.receive({ kind: 'closed' })
  assert.deepEqual(ended, ['closed'])
})

test('the store of a deleted room is not read again and again: the readers reconnect', async (t) => {
  const { sequencer, post, store, ended, clock, reads } = await keptRoom(t)
  await post('1')
  const two = await post('2')
  await store.deleteRoom(LOBBY)
  sequencer.receive(two)
  while (ended.length === 0 && reads.length < 3) {
    await new Promise((resolve) => setImmediate(resolve))
    clock.advance(500)
  }
  assert.deepEqual(ended, ['rotate'])
})

test('readers start over if too many events are lost, or if the room has another history', async (t) => {
  const { sequencer, post, ended, store, top } = await keptRoom(t)
  await Promise.all(
    Array.from({ length: FILL_MAX + 1 }, () => store.append(LOBBY, ADA, AUTHOR, parseDraft({ text: 'x' }))),
  )
  sequencer.receive(await post('last'))
  while (ended.length === 0) await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual(ended, ['rotate'])

  const other = await keptRoom(t)
  const later: EventId = { epoch: (Number.parseInt(top.epoch, 36) + 9_000_000).toString(36), seq: 7 }
  other.sequencer.receive({ ...(await other.post('1')), id: later })
  while (other.ended.length === 0) await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual(other.ended, ['rotate'])
})

test('P8: lost events of a vanishing room are counted, and the first event of an unused one comes without a gap', async () => {
  const start: EventId = { epoch: 'k0000000', seq: 0 }
  const { feed, clock } = testFeed(start)
  const sequencer = new Sequencer(LOBBY, feed, { clock, store: undefined, end: () => {} })
  const reader = new RecordingSubscriber()
  feed.join(reader, undefined)
  const hours = (count: number) => (Number.parseInt('k0000000', 36) + count * 3_600_000).toString(36)
  const event = (epoch: string, seq: number): RoomEvent => ({
    kind: 'posted',
    id: { epoch, seq },
    room: LOBBY,
    at: 0,
    author: AUTHOR,
    text: 'hi',
  })
  // Hours later, after the positions that the bus sends for an unused room.
  const renewals: BusMessage[] = [0.5, 1, 1.5].map((count) => ({
    kind: 'position',
    id: { epoch: hours(count), seq: 0 },
  }))
  for (const position of renewals) sequencer.receive(position)
  const epoch = hours(1.8)
  sequencer.receive(event(epoch, 1))
  sequencer.receive({ kind: 'position', id: { epoch, seq: 4 } })
  sequencer.receive(event(epoch, 3))
  sequencer.receive(event(epoch, 5))
  clock.advance(100)
  const id = (seq: number) => formatId({ epoch, seq })
  assert.deepEqual(reader.received, [
    ['open', formatId(start)],
    ['posted', id(1)],
    ['gap', id(4), 3],
    ['posted', id(5)],
  ])
})
