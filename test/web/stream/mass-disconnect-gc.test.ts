import assert from 'node:assert/strict'
import { test } from 'node:test'
import { collectGarbage } from '../../../src/system/collect-garbage.ts'
import { MASS_DISCONNECT_MIN, MassDisconnectGc } from '../../../src/web/stream/mass-disconnect-gc.ts'

function departures() {
  let collected = 0
  const counted = new MassDisconnectGc(() => {
    collected++
  })
  const leave = (number: number) => {
    for (let left = 0; left < number; left++) counted.countDisconnect()
  }
  return { leave, look: (open: number) => counted.collectIfDue(open), collected: () => collected }
}

test('when a crowd has left, what it left behind is collected once', () => {
  const { leave, look, collected } = departures()
  leave(MASS_DISCONNECT_MIN)
  look(10)
  look(10)
  assert.equal(collected(), 1)
  leave(2 * MASS_DISCONNECT_MIN)
  look(10)
  assert.equal(collected(), 2)
})

test('nothing is collected while many remain, come back, or leave one by one', () => {
  const { leave, look, collected } = departures()
  leave(MASS_DISCONNECT_MIN)
  look(MASS_DISCONNECT_MIN)
  for (let second = 0; second < 1000; second++) {
    leave(MASS_DISCONNECT_MIN / 20)
    look(10)
  }
  assert.equal(collected(), 0)
})

test('what nothing refers to is freed at once', async () => {
  const gone = new WeakRef({})
  // What was just made stays until the turn is over.
  await new Promise((resolve) => setImmediate(resolve))
  collectGarbage()
  assert.equal(gone.deref(), undefined)
})
