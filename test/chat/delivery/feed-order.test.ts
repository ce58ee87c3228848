import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type EventId, formatId, parseCursor } from '../../../src/chat/event.ts'
import type { DecodedEvent } from '../../support/recording-subscriber.ts'
import { anyFeedStep, FeedSimulation, type ModelReader } from './feed-simulation.ts'

test('whatever the bus does and however readers come and go, each hears all once, in order, or is told', () => {
  fc.assert(
    fc.property(
      fc.array(anyFeedStep, { minLength: 1, maxLength: 80, size: 'max' }),
      fc.constantFrom(60_000, 60_000, 0),
      fc.constantFrom(0, 3, 40),
      (steps, windowMs, crowd) => {
        const play = new FeedSimulation(windowMs, crowd)
        for (const step of steps) play.run(step)
        play.assertAllReceived()
        for (const person of play.readers) {
          for (const heard of person.streams) assertUnbroken(heard)
          assertOnceAndAllowed(person)
        }
      },
    ),
    { numRuns: 1500 },
  )
})

// What readers rely on, said without the model: numbers rise by one, and each that is left out is counted.
function assertUnbroken(heard: readonly DecodedEvent[]): void {
  let last: EventId | undefined
  for (const [kind, id, missed] of heard) {
    const next = parseCursor(id)
    assert.ok(next)
    assert.equal(kind === 'open', last === undefined)
    if (last) {
      const step = next.epoch === last.epoch ? next.seq - last.seq : null
      assert.equal(step, kind === 'gap' ? missed : 1, `${kind} ${id} after ${formatId(last)}`)
      assert.ok(step === null || step > 0)
    }
    last = next
  }
}

// However often somebody came back, no message was heard twice, and none from before the own page.
function assertOnceAndAllowed({ pageCursor, streams }: ModelReader): void {
  const ids = streams.flat().flatMap(([kind, id]) => (kind === 'posted' ? [id] : []))
  assert.equal(new Set(ids).size, ids.length)
  const before = ids.filter((id) => {
    const { epoch, seq } = parseCursor(id) ?? { epoch: '', seq: 0 }
    return pageCursor?.epoch === epoch && seq <= pageCursor.seq
  })
  assert.deepEqual(before, [])
}
