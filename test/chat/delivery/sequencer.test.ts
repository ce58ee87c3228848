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

/** A kept room whose events a test lets through to its feed, or not. */
async function kept(t: TestContext) {
  const { store, published } = await testStore(t)
  await store.createRoom(LOBBY, FOREVER, 'owner')
  const top = await store.top(LOBBY)
  const { feed, clock } = testFeed(top, { windowMs: 0 })
  const ended: string[] = []
  const reads: number[] = []
  let trouble: Error | undefined
  const troubled: Pick<Store, 'readEvents'> = {
    readEvents: async (room, after, upTo, limit) => {
      reads.push(after.seq)
      if (trouble) throw trouble
      return store.readEvents(room, after, upTo, limit)
    },
  }
  const intake = new Sequencer(LOBBY, feed, {
    clock,
    store: troubled,
    end: (ending) => {
      ended.push(ending)
      feed.close()
    },
  })
  const reader = new RecordingSubscriber()
  feed.join(reader, undefined)
  const say = async (text: string) => {
    await store.append(LOBBY, ADA, AUTHOR, parseDraft({ text }))
    return published.at(-1) ?? assert.fail()
  }
  /** What the reader has, once it has so much. */
  const heard = async (count: number) => {
    while (reader.received.length < count + 1) {
      await new Promise((resolve) => setImmediate(resolve))
      clock.advance(100)
    }
    return reader.received.slice(1).map(([kind, id]) => `${kind} ${id.split('.')[1]}`)
  }
  return {
    store,
    intake,
    feed,
    top,
    clock,
    ended,
    reads,
    say,
    heard,
    fail: (error: Error | undefined) => {
      trouble = error
    },
  }
}

const posted = (...seqs: number[]) => seqs.map((seq) => `posted ${seq}`)

test('what the bus lost of a kept room comes from the store, in its place', async (t) => {
  const { intake, say, heard, reads } = await kept(t)
  intake.receive(await say('1'))
  await say('2')
  await say('3')
  const [four, five] = [await say('4'), await say('5')]
  intake.receive(four)
  // While the store is read, all that comes waits.
  intake.receive(five)
  assert.deepEqual(await heard(5), posted(1, 2, 3, 4, 5))
  assert.deepEqual(reads, [1])
  intake.receive(four)
  intake.receive(await say('6'))
  assert.deepEqual(await heard(6), posted(1, 2, 3, 4, 5, 6))
})

test('where nothing comes any more, where the room stands shows what was lost', async (t) => {
  const { intake, say, heard } = await kept(t)
  intake.receive(await say('1'))
  const { id } = await say('2')
  intake.receive({ kind: 'position', id })
  assert.deepEqual(await heard(2), posted(1, 2))
  intake.receive({ kind: 'position', id: { ...id, seq: 1 } })
  intake.receive(await say('3'))
  assert.deepEqual(await heard(3), posted(1, 2, 3))
})

test('what was deleted since leaves no gap', async (t) => {
  const { intake, say, heard, store } = await kept(t)
  intake.receive(await say('1'))
  const { id } = await say('2')
  await say('3')
  const gone = await store.deleteMessage(LOBBY, id, 'owner')
  intake.receive(gone)
  intake.receive(await say('5'))
  assert.deepEqual(await heard(4), ['posted 1', 'posted 3', 'deleted 4', 'posted 5'])
})

test('a store that can’t be read is tried again, and nothing passes meanwhile', async (t) => {
  const { intake, say, heard, fail, reads, clock } = await kept(t)
  fail(new Refusal('busy', 'Away.', 1))
  intake.receive(await say('1'))
  await say('2')
  intake.receive(await say('3'))
  const four = await say('4')
  for (let times = 0; times < 5; times++) {
    await new Promise((resolve) => setImmediate(resolve))
    clock.advance(500)
  }
  assert.ok(reads.length >= 3)
  fail(undefined)
  intake.receive(four)
  assert.deepEqual(await heard(4), posted(1, 2, 3, 4))
})

test('a room that is deleted while what was lost is read ends at once for who reads it', async (t) => {
  const { intake, say, fail, reads, ended } = await kept(t)
  fail(new Refusal('busy', 'Away.', 1))
  await say('1')
  intake.receive(await say('2'))
  while (reads.length === 0) await new Promise((resolve) => setImmediate(resolve))
  intake.receive({ kind: 'closed' })
  assert.deepEqual(ended, ['closed'])
})

test('a room of which nothing is kept any more is not asked for again and again: who reads it comes back to what it is', async (t) => {
  const { intake, say, store, ended, clock, reads } = await kept(t)
  await say('1')
  const two = await say('2')
  await store.deleteRoom(LOBBY)
  intake.receive(two)
  while (ended.length === 0 && reads.length < 3) {
    await new Promise((resolve) => setImmediate(resolve))
    clock.advance(500)
  }
  assert.deepEqual(ended, ['rotate'])
})

test('who missed too much, or another history, begins afresh', async (t) => {
  const { intake, say, ended, store, top } = await kept(t)
  await Promise.all(
    Array.from({ length: FILL_MAX + 1 }, () => store.append(LOBBY, ADA, AUTHOR, parseDraft({ text: 'x' }))),
  )
  intake.receive(await say('last'))
  while (ended.length === 0) await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual(ended, ['rotate'])

  const other = await kept(t)
  const later: EventId = { epoch: (Number.parseInt(top.epoch, 36) + 9_000_000).toString(36), seq: 7 }
  other.intake.receive({ ...(await other.say('1')), id: later })
  while (other.ended.length === 0) await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual(other.ended, ['rotate'])
})

test('of a vanishing room what was lost is counted, and an unused one begins whenever it is used', async () => {
  const start: EventId = { epoch: 'k0000000', seq: 0 }
  const { feed, clock } = testFeed(start)
  const intake = new Sequencer(LOBBY, feed, { clock, store: undefined, end: () => {} })
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
  // Hours later, renewed as the bus does it.
  const renewals: BusMessage[] = [0.5, 1, 1.5].map((count) => ({
    kind: 'position',
    id: { epoch: hours(count), seq: 0 },
  }))
  for (const standing of renewals) intake.receive(standing)
  const epoch = hours(1.8)
  intake.receive(event(epoch, 1))
  intake.receive({ kind: 'position', id: { epoch, seq: 4 } })
  intake.receive(event(epoch, 3))
  intake.receive(event(epoch, 5))
  clock.advance(100)
  const id = (seq: number) => formatId({ epoch, seq })
  assert.deepEqual(reader.received, [
    ['open', formatId(start)],
    ['posted', id(1)],
    ['gap', id(4), 3],
    ['posted', id(5)],
  ])
})
