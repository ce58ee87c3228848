import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  describeFailover,
  type FailoverCase,
  tortureFailover,
} from '../../scripts/torture/clustered/failover.ts'
import { SHORT_FAULTS } from '../../scripts/torture/clustered/faults.ts'
import {
  runScenario,
  startOnEmptiedRedis,
  startOnFullRedis,
} from '../../scripts/torture/clustered/scenarios.ts'
import { tortureClustered } from '../../scripts/torture/clustered/torture.ts'
import { AgreedHistory, Transcript } from '../../scripts/torture/clustered/transcript.ts'
import { BUNDLE, EXECUTABLE } from '../support/process/snug-process.ts'

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

const FAILOVERS: readonly FailoverCase[] = [
  { appendfsync: 'always', promotedBy: 'hand', followerDies: true, times: 2 },
  { appendfsync: 'everysec', promotedBy: 'sentinel', followerDies: false, times: 1 },
]

for (const failover of FAILOVERS)
  test(`P2: what a promoted replica lacks is announced, and no id is used twice: ${describeFailover(failover)}`, async (t) => {
    const report = await tortureFailover({ ...failover, program: BUNDLE, everyMs: 25 })
    t.diagnostic(`${Math.round(report.slowestFailover)} ms, ${report.lost} of ${report.acknowledged} lost`)
    assert.deepEqual(report.violations, [])
    assert.ok(report.lost > 0, 'nothing was lost: the replica was not cut off')
    assert.ok(report.slowestRecovery < RECOVERY_MS, `${report.slowestRecovery} ms`)
  })

for (const scenario of [startOnFullRedis, startOnEmptiedRedis(2)])
  test(`P7: ${scenario.name}`, async () => {
    assert.deepEqual(await runScenario(scenario, { program: BUNDLE }), [])
  })

test('the torture notices an id that two texts had, and what was lost without a gap', () => {
  const history = new AgreedHistory(true)
  history.recordEvent('e.6', 'on the former primary')
  history.recordEvent('e.6', 'on the promoted replica')
  assert.deepEqual(history.violations.splice(0), [
    'e.6 is “on the former primary” to one reader and “on the promoted replica” to another',
  ])
  const transcript = new Transcript('Ada', history)
  transcript.record({ kind: 'open', cursor: 'e.4' })
  transcript.record({ kind: 'posted', id: 'e.5', text: 'kept' })
  transcript.record({ kind: 'posted', id: 'f.6', text: 'in a new epoch' })
  assert.deepEqual(transcript.jumps, [['e.5', 'f.6']], 'compared with the store later')
  transcript.record({ kind: 'posted', id: 'f.8', text: 'after a hole' })
  assert.deepEqual(history.violations, ['Ada: f.8 follows f.6 without a gap'])
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
