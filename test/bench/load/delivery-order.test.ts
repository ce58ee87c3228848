import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DeliveryOrder, type OrderPosition } from '../../../scripts/bench/load/delivery-order.ts'

/** Delivers messages to one subscriber after the other. Returns how many counted as deliveries. */
function deliver(order: DeliveryOrder, ...received: number[][]): number {
  let deliveries = 0
  for (const numbers of received) {
    const position: OrderPosition = { next: 0, skipped: undefined }
    for (const number of numbers) if (order.recordDelivery(position, number)) deliveries++
  }
  return deliveries
}

test('any order of the server is right if it is the same for all subscribers', () => {
  const order = new DeliveryOrder(4)
  assert.equal(deliver(order, [1, 0, 2, 3], [1, 0, 2, 3]), 8)
  assert.deepEqual([order.duplicates, order.disordered], [0, 0])
})

test('a message that arrives twice, late or never is detected', () => {
  const duplicated = new DeliveryOrder(3)
  assert.equal(deliver(duplicated, [0, 0, 1, 2], [0, 1, 2, 1]), 6)
  assert.deepEqual([duplicated.duplicates, duplicated.disordered], [2, 0])

  const late = new DeliveryOrder(3)
  assert.equal(deliver(late, [0, 1, 2], [1, 0, 2]), 6)
  assert.deepEqual([late.duplicates, late.disordered], [0, 1])

  assert.equal(deliver(new DeliveryOrder(3), [0, 1, 2], [0, 2], [1]), 6)
})
