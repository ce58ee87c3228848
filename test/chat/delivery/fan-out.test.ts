import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Delivery, FanOut, OVERDUE_MS, SLICE_MS } from '../../../src/chat/delivery/fan-out.ts'
import { TestClock } from '../../support/clock.ts'

/** A room with `left` frames to deliver. Each takes a millisecond. */
class Work implements Delivery {
  readonly readerCount: number
  readonly #name: string
  readonly #clock: TestClock
  readonly #done: string[]
  left: number

  constructor(name: string, readers: number, left: number, clock: TestClock, done: string[]) {
    this.#name = name
    this.readerCount = readers
    this.left = left
    this.#clock = clock
    this.#done = done
  }

  get waiting(): boolean {
    return this.left > 0
  }

  deliver(late: () => boolean): boolean {
    while (this.left > 0) {
      if (late()) return false
      this.#clock.advanceWithoutTimers(1)
      this.#done.push(`${this.#name} at ${this.#clock.elapsed()}`)
      this.left--
    }
    return true
  }
}

function setUp() {
  const clock = new TestClock()
  const done: string[] = []
  const work = (name: string, readers: number, left: number) => new Work(name, readers, left, clock, done)
  return { clock, done, work, fanOut: new FanOut(clock) }
}

test('the first frame after a pause goes out in the same turn of the event loop', () => {
  const { clock, done, work, fanOut } = setUp()
  fanOut.wake(work('a', 1, 1))
  assert.deepEqual(done, [])
  clock.settle()
  assert.deepEqual(done, ['a at 1'])
  clock.advance(100)
  fanOut.wake(work('b', 1, 1))
  clock.settle()
  assert.deepEqual(done, ['a at 1', 'b at 102'])
})

test('a room rests as long as its delivery took, and frames that arrive meanwhile go out afterwards', () => {
  const { clock, done, work, fanOut } = setUp()
  const room = work('a', 1, 3)
  fanOut.wake(room)
  clock.settle()
  room.left = 1
  fanOut.wake(room)
  clock.advance(2)
  assert.equal(done.length, 3)
  clock.advance(1)
  assert.equal(done.at(-1), 'a at 7')
})

test('a big room is served in slices, and rests as long as all of them took', () => {
  const { clock, done, work, fanOut } = setUp()
  const big = work('big', 1000, 2 * SLICE_MS + 1)
  let turns = 0
  const schedule = clock.setImmediate.bind(clock)
  clock.setImmediate = (run) => {
    turns++
    schedule(run)
  }
  fanOut.wake(big)
  clock.settle()
  assert.equal(done.length, 2 * SLICE_MS + 1)
  assert.equal(turns, 3)
  big.left = 1
  fanOut.wake(big)
  clock.advance(2 * SLICE_MS)
  assert.equal(done.length, 2 * SLICE_MS + 1)
  clock.advance(1)
  assert.equal(done.length, 2 * SLICE_MS + 2)
})

test('a small room waits neither for the delivery nor for the rest of a big one', () => {
  const { clock, done, work, fanOut } = setUp()
  fanOut.wake(work('big', 1000, SLICE_MS))
  fanOut.wake(work('small', 2, 1))
  fanOut.wake(work('middle', 30, 1))
  clock.settle()
  assert.deepEqual(done.slice(0, 3), ['small at 1', 'middle at 2', 'big at 3'])
  fanOut.wake(work('late and small', 3, 1))
  clock.settle()
  assert.equal(done.at(-1), `late and small at ${SLICE_MS + 3}`)
})

test('small rooms that are always busy do not starve a big one', () => {
  const { clock, done, work, fanOut } = setUp()
  const small = [work('s', 1, SLICE_MS), work('s', 1, SLICE_MS), work('s', 1, SLICE_MS)]
  for (const room of small) fanOut.wake(room)
  fanOut.wake(work('big', 1000, 1))
  while (!done.some((name) => name.startsWith('big'))) {
    assert.ok(clock.elapsed() < 3 * OVERDUE_MS)
    for (const room of small) {
      if (room.left === 0) room.left = SLICE_MS
      fanOut.wake(room)
    }
    clock.advance(1)
  }
})

test('a big room with a very long delivery keeps a small one waiting for at most two slices', () => {
  const { clock, done, work, fanOut } = setUp()
  const big = work('big', 10_000, 3 * OVERDUE_MS)
  const small = work('small', 10, 0)
  const postedAt: number[] = []
  const schedule = clock.setImmediate.bind(clock)
  // In each turn of the event loop somebody posts in the small room, as soon as its last message was delivered.
  clock.setImmediate = (run) =>
    schedule(() => {
      if (small.left === 0 && big.left > 0) {
        small.left = 1
        postedAt.push(clock.elapsed())
        fanOut.wake(small)
      }
      run()
    })
  fanOut.wake(big)
  clock.advance(10 * OVERDUE_MS)
  const deliveredAt = done
    .filter((name) => name.startsWith('small'))
    .map((name) => Number(name.split(' at ')[1]))
  assert.equal(big.left, 0)
  assert.equal(deliveredAt.length, postedAt.length)
  assert.ok(Math.max(...deliveredAt.map((at, index) => at - (postedAt[index] ?? 0))) <= 2 * SLICE_MS)
})

test('rooms too small to check the clock share a slice, too', () => {
  const { clock, done, fanOut } = setUp()
  const tiny = (name: string): Delivery => ({
    readerCount: 1,
    get waiting() {
      return !done.includes(name)
    },
    deliver: () => {
      clock.advanceWithoutTimers(SLICE_MS / 2)
      done.push(name)
      return true
    },
  })
  let turns = 0
  const schedule = clock.setImmediate.bind(clock)
  clock.setImmediate = (run) => {
    turns++
    schedule(run)
  }
  for (const name of ['a', 'b', 'c']) fanOut.wake(tiny(name))
  clock.settle()
  assert.deepEqual(done, ['a', 'b', 'c'])
  assert.ok(turns >= 2)
})

test('a room that wakes many times in one turn is served once, and no timer is left', () => {
  const { clock, done, work, fanOut } = setUp()
  const room = work('a', 1, 2)
  for (let times = 0; times < 5; times++) fanOut.wake(room)
  clock.advance(100)
  assert.deepEqual(done, ['a at 1', 'a at 2'])
  assert.equal(clock.pendingTimers, 0)
})
