import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AcknowledgementLog } from '../../scripts/torture/acknowledgement-log.ts'
import { torture } from '../../scripts/torture/torture.ts'
import { EXECUTABLE } from '../support/process/snug-process.ts'

/** The slowest start on a busy machine. `npm run torture` allows two seconds. */
const READY_MS = 10_000

test('P1: acknowledged posts survive five kills under load, once and in order, for readers too', async () => {
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

test('the torture notices posts that are lost, stored twice or out of order', () => {
  const acknowledgements = new AcknowledgementLog()
  acknowledgements.recordAcknowledgement('ada', 'one', 'e.1')
  acknowledgements.recordAcknowledgement('ada', 'lost', 'e.2')
  acknowledgements.recordAcknowledgement('ada', 'other', 'e.4')
  acknowledgements.compareHistory([
    { id: 'e.1', text: 'one' },
    { id: 'e.3', text: 'one' },
    { id: 'e.5', text: 'other' },
  ])
  assert.deepEqual(acknowledgements.violations.splice(0), [
    '“one” is in the history twice',
    'e.3 follows e.1 in the history',
    'e.5 follows e.3 in the history',
    '“one” was acknowledged as e.1 and stored as e.3',
    '“lost” was acknowledged as e.2 and is lost',
    '“other” was acknowledged as e.4 and stored as e.5',
  ])
  const history = ['e.1', 'e.2', 'e.3'].map((id) => ({ id, text: id }))
  for (const received of [['e.1', 'e.3'], ['e.1', 'e.1', 'e.2'], ['e.2']])
    acknowledgements.compareReader(received, history)
  assert.equal(acknowledgements.violations.length, 3)
})
