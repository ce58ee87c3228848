import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DeliveryOrder, type OrderPosition } from '../../../scripts/bench/load/delivery-order.ts'

/** Gives each subscriber its messages, and says how many counted as deliveries. */
function deliver(ledger: DeliveryOrder, ...received: number[][]): number {
  let deliveries = 0
  for (const numbers of received) {
    const place: OrderPosition = { next: 0, skipped: undefined }
    for (const number of numbers) if (ledger.recordDelivery(place, number)) deliveries++
  }
  return deliveries
}

test('whatever order the server chose is right, as long as it is the same for all', () => {
  const ledger = new DeliveryOrder(4)
  assert.equal(deliver(ledger, [1, 0, 2, 3], [1, 0, 2, 3]), 8)
  assert.deepEqual([ledger.duplicates, ledger.disordered], [0, 0])
})

test('a message that comes twice, late or never is noticed', () => {
  const twice = new DeliveryOrder(3)
  assert.equal(deliver(twice, [0, 0, 1, 2], [0, 1, 2, 1]), 6)
  assert.deepEqual([twice.duplicates, twice.disordered], [2, 0])

  const late = new DeliveryOrder(3)
  assert.equal(deliver(late, [0, 1, 2], [1, 0, 2]), 6)
  assert.deepEqual([late.duplicates, late.disordered], [0, 1])

  assert.equal(deliver(new DeliveryOrder(3), [0, 1, 2], [0, 2], [1]), 6)
})
