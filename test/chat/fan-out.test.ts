import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Delivery, FanOut, SLICE_MS } from '../../src/chat/fan-out.ts'
import { TestClock } from '../support/clock.ts'

/** A room with so much to hand out, in steps that take a millisecond each. */
class Work implements Delivery {
  readonly readers: number
  readonly #name: string
  readonly #clock: TestClock
  readonly #done: string[]
  left: number

  constructor(name: string, readers: number, left: number, clock: TestClock, done: string[]) {
    this.#name = name
    this.readers = readers
    this.left = left
    this.#clock = clock
    this.#done = done
  }

  deliver(late: () => boolean): boolean {
    while (this.left > 0) {
      if (late()) return false
      this.#clock.spend(1)
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

test('writing stops after its slice of the loop, and goes on after as long a rest', () => {
  const { clock, done, work, fanOut: share } = fanOut()
  share.wake(work('big', 1000, 2 * SLICE_MS + 1))
  clock.settle()
  assert.equal(done.length, SLICE_MS)
  clock.advance(SLICE_MS - 1)
  assert.equal(done.length, SLICE_MS)
  clock.advance(1)
  assert.equal(done.length, 2 * SLICE_MS)
  clock.advance(SLICE_MS)
  assert.equal(done.length, 2 * SLICE_MS + 1)
})

test('it rests as long as it worked, and no longer', () => {
  const { clock, done, work, fanOut: share } = fanOut()
  share.wake(work('a', 1, 3))
  clock.settle()
  share.wake(work('b', 1, 1))
  clock.settle()
  clock.advance(2)
  assert.equal(done.length, 3)
  clock.advance(1)
  assert.equal(done.at(-1), 'b at 7')
})

test('small rooms go before big ones, even before one that was left half done', () => {
  const { clock, done, work, fanOut: share } = fanOut()
  share.wake(work('big', 1000, SLICE_MS))
  share.wake(work('small', 2, 1))
  share.wake(work('middle', 30, 1))
  clock.settle()
  assert.deepEqual(done.slice(0, 3), ['small at 1', 'middle at 2', 'big at 3'])
  share.wake(work('late and small', 3, 1))
  clock.advance(SLICE_MS)
  assert.equal(done[SLICE_MS], `late and small at ${2 * SLICE_MS + 1}`)
  assert.equal(done.length, SLICE_MS + 3)
})

test('rooms too small to look at the clock share one slice as well', () => {
  const { clock, done, fanOut: share } = fanOut()
  const tiny = (name: string): Delivery => ({
    readers: 1,
    deliver: () => {
      clock.spend(SLICE_MS / 2)
      done.push(name)
      return true
    },
  })
  for (const name of ['a', 'b', 'c']) share.wake(tiny(name))
  clock.settle()
  assert.deepEqual(done, ['a', 'b'])
  clock.advance(SLICE_MS)
  assert.deepEqual(done, ['a', 'b', 'c'])
})

test('a room that wakes many times in one turn is served once', () => {
  const { clock, done, work, fanOut: share } = fanOut()
  const room = work('a', 1, 2)
  for (let times = 0; times < 5; times++) share.wake(room)
  clock.advance(100)
  assert.deepEqual(done, ['a at 1', 'a at 2'])
  assert.equal(clock.waiting, 0)
})
