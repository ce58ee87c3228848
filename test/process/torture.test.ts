import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AcknowledgementLog } from '../../scripts/torture/acknowledgement-log.ts'
import { torture } from '../../scripts/torture/torture.ts'
import { EXECUTABLE } from '../support/process/snug-process.ts'

/** On a busy machine; `npm run torture` holds it to two. */
const READY_MS = 10_000

test('whatever was acknowledged outlives five kills under load, once and in order, for readers too', async () => {
  const { violations, acknowledged, stored, slowestStart } = await torture({
    program: EXECUTABLE,
    cycles: 5,
    rate: 200,
  })
  assert.deepEqual(violations, [])
  assert.ok(acknowledged > 100, `${acknowledged} posts`)
  assert.ok(stored >= acknowledged)
  assert.ok(slowestStart < READY_MS)
})

test('what is lost, twice or in another order would be noticed', () => {
  const account = new AcknowledgementLog()
  account.recordAcknowledgement('ada', 'one', 'e.1')
  account.recordAcknowledgement('ada', 'lost', 'e.2')
  account.recordAcknowledgement('ada', 'other', 'e.4')
  account.compareHistory([
    { id: 'e.1', text: 'one' },
    { id: 'e.3', text: 'one' },
    { id: 'e.5', text: 'other' },
  ])
  assert.deepEqual(account.violations.splice(0), [
    '“one” is there twice',
    'e.3 follows e.1 in history',
    'e.5 follows e.3 in history',
    '“one” was answered with e.1, and is e.3',
    '“lost” was answered with e.2, and is lost',
    '“other” was answered with e.4, and is e.5',
  ])
  const history = ['e.1', 'e.2', 'e.3'].map((id) => ({ id, text: id }))
  for (const heard of [['e.1', 'e.3'], ['e.1', 'e.1', 'e.2'], ['e.2']]) account.compareReader(heard, history)
  assert.equal(account.violations.length, 3)
})
