import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Delivery, FanOut, OVERDUE_MS, SLICE_MS } from '../../../src/chat/delivery/fan-out.ts'
import { TestClock } from '../../support/clock.ts'

/** A room with so much to hand out, in steps that take a millisecond each. */
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

function fanOut() {
  const clock = new TestClock()
  const done: string[] = []
  const work = (name: string, readers: number, left: number) => new Work(name, readers, left, clock, done)
  return { clock, done, work, fanOut: new FanOut(clock) }
}

test('after a pause the first frame goes out in the same turn of the loop', () => {
  const { clock, done, work, fanOut: share } = fanOut()
  share.wake(work('a', 1, 1))
  assert.deepEqual(done, [])
  clock.settle()
  assert.deepEqual(done, ['a at 1'])
  clock.advance(100)
  share.wake(work('b', 1, 1))
  clock.settle()
  assert.deepEqual(done, ['a at 1', 'b at 102'])
})

test('a room rests as long as it took, and what arrives meanwhile goes out after that', () => {
  const { clock, done, work, fanOut: share } = fanOut()
  const room = work('a', 1, 3)
  share.wake(room)
  clock.settle()
  room.left = 1
  share.wake(room)
  clock.advance(2)
  assert.equal(done.length, 3)
  clock.advance(1)
  assert.equal(done.at(-1), 'a at 7')
})

test('a big room is served in slices, and rests as long as all of them took', () => {
  const { clock, done, work, fanOut: share } = fanOut()
  const big = work('big', 1000, 2 * SLICE_MS + 1)
  let turns = 0
  const soon = clock.setImmediate.bind(clock)
  clock.setImmediate = (run) => {
    turns++
    soon(run)
  }
  share.wake(big)
  clock.settle()
  assert.equal(done.length, 2 * SLICE_MS + 1)
  assert.equal(turns, 3)
  big.left = 1
  share.wake(big)
  clock.advance(2 * SLICE_MS)
  assert.equal(done.length, 2 * SLICE_MS + 1)
  clock.advance(1)
  assert.equal(done.length, 2 * SLICE_MS + 2)
})

test('a small room waits neither for a big one nor for its rest', () => {
  const { clock, done, work, fanOut: share } = fanOut()
  share.wake(work('big', 1000, SLICE_MS))
  share.wake(work('small', 2, 1))
  share.wake(work('middle', 30, 1))
  clock.settle()
  assert.deepEqual(done.slice(0, 3), ['small at 1', 'middle at 2', 'big at 3'])
  share.wake(work('late and small', 3, 1))
  clock.settle()
  assert.equal(done.at(-1), `late and small at ${SLICE_MS + 3}`)
})

test('small rooms that are always busy do not starve a big one', () => {
  const { clock, done, work, fanOut: share } = fanOut()
  const small = [work('s', 1, SLICE_MS), work('s', 1, SLICE_MS), work('s', 1, SLICE_MS)]
  for (const room of small) share.wake(room)
  share.wake(work('big', 1000, 1))
  while (!done.some((name) => name.startsWith('big'))) {
    assert.ok(clock.elapsed() < 3 * OVERDUE_MS)
    for (const room of small) {
      if (room.left === 0) room.left = SLICE_MS
      share.wake(room)
    }
    clock.advance(1)
  }
})

test('a big room that takes longer than anybody should wait keeps a small one waiting for a slice at the most', () => {
  const { clock, done, work, fanOut: share } = fanOut()
  const big = work('big', 10_000, 3 * OVERDUE_MS)
  const small = work('small', 10, 0)
  const came: number[] = []
  const soon = clock.setImmediate.bind(clock)
  // In each turn of the loop somebody says something in the small room, as soon as it has been told what was said last.
  clock.setImmediate = (run) =>
    soon(() => {
      if (small.left === 0 && big.left > 0) {
        small.left = 1
        came.push(clock.elapsed())
        share.wake(small)
      }
      run()
    })
  share.wake(big)
  clock.advance(10 * OVERDUE_MS)
  const told = done.filter((name) => name.startsWith('small')).map((name) => Number(name.split(' at ')[1]))
  assert.equal(big.left, 0)
  assert.equal(told.length, came.length)
  assert.ok(Math.max(...told.map((at, index) => at - (came[index] ?? 0))) <= 2 * SLICE_MS)
})

test('rooms too small to look at the clock share one slice as well', () => {
  const { clock, done, fanOut: share } = fanOut()
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
  const soon = clock.setImmediate.bind(clock)
  clock.setImmediate = (run) => {
    turns++
    soon(run)
  }
  for (const name of ['a', 'b', 'c']) share.wake(tiny(name))
  clock.settle()
  assert.deepEqual(done, ['a', 'b', 'c'])
  assert.ok(turns >= 2)
})

test('a room that wakes many times in one turn is served once, and nothing stays', () => {
  const { clock, done, work, fanOut: share } = fanOut()
  const room = work('a', 1, 2)
  for (let times = 0; times < 5; times++) share.wake(room)
  clock.advance(100)
  assert.deepEqual(done, ['a at 1', 'a at 2'])
  assert.equal(clock.pendingTimers, 0)
})
