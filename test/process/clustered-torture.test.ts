import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SHORT_FAULTS } from '../../scripts/torture/clustered/faults.ts'
import { tortureClustered } from '../../scripts/torture/clustered/torture.ts'
import { AgreedHistory, Transcript } from '../../scripts/torture/clustered/transcript.ts'
import { EXECUTABLE } from '../support/process/snug-process.ts'

/** Once Redis is back, on a busy machine too. */
const RECOVERY_MS = 5_000

test('two processes on one Redis tell all their readers the same, once and in order, whatever befalls Redis', async () => {
  const { acknowledged, refused, violations, slowestRecovery } = await tortureClustered({
    program: EXECUTABLE,
    faults: SHORT_FAULTS,
    everyMs: 25,
  })
  assert.deepEqual(violations, [])
  assert.ok(acknowledged > 500, `${acknowledged} posts`)
  assert.ok(refused > 0, 'nothing was ever refused: the faults were none')
  assert.ok(slowestRecovery < RECOVERY_MS, `${slowestRecovery} ms`)
})

test('what a reader lacks, has twice or is told wrongly would be noticed', () => {
  const truth = new AgreedHistory()
  const faultsOf = (...told: Parameters<Transcript['record']>[0][]) => {
    const transcript = new Transcript('Ada', truth)
    transcript.record({ kind: 'open', cursor: 'e.1' })
    for (const one of told) transcript.record(one)
    return truth.violations.splice(0)
  }
  const posted = (seq: number, text = `text ${seq}`, epoch = 'e') => ({
    kind: 'posted',
    id: `${epoch}.${seq}`,
    text,
  })
  assert.deepEqual(faultsOf(posted(2), { kind: 'gap', cursor: 'e.5', missed: 3 }, posted(6)), [])
  assert.deepEqual(
    faultsOf(posted(2), { kind: 'gap', cursor: 'f.6', missed: null }, posted(7, 'new', 'f')),
    [],
  )
  assert.deepEqual(faultsOf(posted(2), posted(4)), ['Ada: e.4 follows e.2 without a word'])
  assert.deepEqual(faultsOf(posted(2), posted(2)), [
    'Ada: e.2 follows e.2 without a word',
    'Ada: “text 2” came twice',
  ])
  assert.deepEqual(faultsOf(posted(2, 'another')), ['e.2 is “text 2” to one reader and “another” to another'])
  assert.deepEqual(faultsOf(posted(2), posted(3, 'x', 'f')), ['Ada: f.3 follows e.2 without a word'])
  assert.deepEqual(faultsOf(posted(2), { kind: 'gap', cursor: 'e.5', missed: 2 }), [
    'Ada: a gap of 2 leads from e.2 to e.5',
  ])
})
