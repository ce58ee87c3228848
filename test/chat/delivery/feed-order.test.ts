import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type EventId, formatId, parseCursor } from '../../../src/chat/event.ts'
import type { DecodedEvent } from '../../support/recording-subscriber.ts'
import { anyFeedStep, FeedSimulation, type ModelReader } from './feed-simulation.ts'

test('P4: every reader gets every event once and in order, or a gap, whatever the bus and the readers do', () => {
  fc.assert(
    fc.property(
      fc.array(anyFeedStep, { minLength: 1, maxLength: 80, size: 'max' }),
      fc.constantFrom(60_000, 60_000, 0),
      fc.constantFrom(0, 3, 40),
      (steps, windowMs, readerCount) => {
        const simulation = new FeedSimulation(windowMs, readerCount)
        for (const step of steps) simulation.run(step)
        simulation.assertAllReceived()
        for (const reader of simulation.readers) {
          for (const events of reader.streams) assertUnbroken(events)
          assertOnceAndAllowed(reader)
        }
      },
    ),
    { numRuns: 1500 },
  )
})

// The guarantee for readers, without the model: each seq rises by one, and a gap counts the missing ones.
function assertUnbroken(events: readonly DecodedEvent[]): void {
  let last: EventId | undefined
  for (const [kind, id, missed] of events) {
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

// However often a reader reconnected, it got no message twice, and none from before its own page.
function assertOnceAndAllowed({ pageCursor, streams }: ModelReader): void {
  const ids = streams.flat().flatMap(([kind, id]) => (kind === 'posted' ? [id] : []))
  assert.equal(new Set(ids).size, ids.length)
  const before = ids.filter((id) => {
    const { epoch, seq } = parseCursor(id) ?? { epoch: '', seq: 0 }
    return pageCursor?.epoch === epoch && seq <= pageCursor.seq
  })
  assert.deepEqual(before, [])
}
