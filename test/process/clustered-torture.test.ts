import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SHORT_FAULTS } from '../../scripts/torture/clustered/faults.ts'
import { tortureClustered } from '../../scripts/torture/clustered/torture.ts'
import { AgreedHistory, Transcript } from '../../scripts/torture/clustered/transcript.ts'
import { EXECUTABLE } from '../support/process/snug-process.ts'

/** The longest recovery after Redis is back, on a busy machine too (P7). */
const RECOVERY_MS = 5_000

test('P4: two processes on one Redis give all readers the same messages, once and in order, whatever happens to Redis', async () => {
  const { acknowledged, refused, violations, slowestRecovery } = await tortureClustered({
    program: EXECUTABLE,
    faults: SHORT_FAULTS,
    everyMs: 25,
  })
  assert.deepEqual(violations, [])
  assert.ok(acknowledged > 500, `${acknowledged} posts`)
  assert.ok(refused > 0, 'no post was refused: the faults had no effect')
  assert.ok(slowestRecovery < RECOVERY_MS, `${slowestRecovery} ms`)
})

test('the torture notices messages that a reader misses, gets twice or gets wrong', () => {
  const history = new AgreedHistory()
  const violationsOf = (...events: Parameters<Transcript['record']>[0][]) => {
    const transcript = new Transcript('Ada', history)
    transcript.record({ kind: 'open', cursor: 'e.1' })
    for (const event of events) transcript.record(event)
    return history.violations.splice(0)
  }
  const posted = (seq: number, text = `text ${seq}`, epoch = 'e') => ({
    kind: 'posted',
    id: `${epoch}.${seq}`,
    text,
  })
  assert.deepEqual(violationsOf(posted(2), { kind: 'gap', cursor: 'e.5', missed: 3 }, posted(6)), [])
  assert.deepEqual(
    violationsOf(posted(2), { kind: 'gap', cursor: 'f.6', missed: null }, posted(7, 'new', 'f')),
    [],
  )
  assert.deepEqual(violationsOf(posted(2), posted(4)), ['Ada: e.4 follows e.2 without a gap'])
  assert.deepEqual(violationsOf(posted(2), posted(2)), [
    'Ada: e.2 follows e.2 without a gap',
    'Ada: “text 2” was received twice',
  ])
  assert.deepEqual(violationsOf(posted(2, 'another')), [
    'e.2 is “text 2” to one reader and “another” to another',
  ])
  assert.deepEqual(violationsOf(posted(2), posted(3, 'x', 'f')), ['Ada: f.3 follows e.2 without a gap'])
  assert.deepEqual(violationsOf(posted(2), { kind: 'gap', cursor: 'e.5', missed: 2 }), [
    'Ada: a gap of 2 leads from e.2 to e.5',
  ])
})
