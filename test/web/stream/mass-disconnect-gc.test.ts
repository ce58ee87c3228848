import assert from 'node:assert/strict'
import { test } from 'node:test'
import { collectGarbage } from '../../../src/system/collect-garbage.ts'
import { CROWD, Departures } from '../../../src/web/stream/mass-disconnect-gc.ts'

function departures() {
  let collected = 0
  const counted = new Departures(() => {
    collected++
  })
  const leave = (number: number) => {
    for (let left = 0; left < number; left++) counted.count()
  }
  return { leave, look: (open: number) => counted.look(open), collected: () => collected }
}

test('when a crowd has left, what it left behind is collected once', () => {
  const { leave, look, collected } = departures()
  leave(CROWD)
  look(10)
  look(10)
  assert.equal(collected(), 1)
  leave(2 * CROWD)
  look(10)
  assert.equal(collected(), 2)
})

test('nothing is collected while many remain, come back, or leave one by one', () => {
  const { leave, look, collected } = departures()
  leave(CROWD)
  look(CROWD)
  for (let second = 0; second < 1000; second++) {
    leave(CROWD / 20)
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
