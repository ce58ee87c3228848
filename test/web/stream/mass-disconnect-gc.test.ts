import assert from 'node:assert/strict'
import { test } from 'node:test'
import { collectGarbage } from '../../../src/system/collect-garbage.ts'
import { MASS_DISCONNECT_MIN, MassDisconnectGc } from '../../../src/web/stream/mass-disconnect-gc.ts'

function countingGc() {
  let collections = 0
  const gc = new MassDisconnectGc(() => {
    collections++
  })
  const leave = (number: number) => {
    for (let left = 0; left < number; left++) gc.countDisconnect()
  }
  return { leave, check: (open: number) => gc.collectIfDue(open), collections: () => collections }
}

test('garbage is collected once after a mass disconnect', () => {
  const { leave, check, collections } = countingGc()
  leave(MASS_DISCONNECT_MIN)
  check(10)
  check(10)
  assert.equal(collections(), 1)
  leave(2 * MASS_DISCONNECT_MIN)
  check(10)
  assert.equal(collections(), 2)
})

test('no garbage is collected while many readers remain, or while readers leave one by one', () => {
  const { leave, check, collections } = countingGc()
  leave(MASS_DISCONNECT_MIN)
  check(MASS_DISCONNECT_MIN)
  for (let second = 0; second < 1000; second++) {
    leave(MASS_DISCONNECT_MIN / 20)
    check(10)
  }
  assert.equal(collections(), 0)
})

test('a collection frees an object without references at once', async () => {
  const unreferenced = new WeakRef({})
  // A new object is kept until the turn of the event loop is over.
  await new Promise((resolve) => setImmediate(resolve))
  collectGarbage()
  assert.equal(unreferenced.deref(), undefined)
})
