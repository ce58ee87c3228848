import assert from 'node:assert/strict'
import { test } from 'node:test'
import { separateLabels } from '../../../scripts/bench/report/plot.ts'
import { linear, logarithmic } from '../../../scripts/bench/report/scale.ts'

test('a logarithmic axis ends at round figures, and all its decades have the same length', () => {
  const { positionOf, ticks } = logarithmic([10, 100, 10_000])
  assert.deepEqual(ticks, [10, 100, 1000, 10_000])
  assert.deepEqual(
    ticks.map((tick) => Math.round(positionOf(tick) * 300)),
    [0, 100, 200, 300],
  )
  assert.deepEqual(logarithmic([2.1, 31]).ticks, [2, 5, 10, 20, 50])
  assert.deepEqual(logarithmic([0.3, 0.4, Number.NaN]).ticks, [0.2, 0.5])
})

test('a linear axis begins at zero and has few steps', () => {
  assert.deepEqual(linear([83, 181]).ticks, [0, 50, 100, 150, 200])
  assert.equal(linear([83, 181]).positionOf(100), 0.5)
})

test('overlapping labels are moved apart, and stay on the card', () => {
  const [first = 0, second = 0, third = 0] = separateLabels([100, 101, 300])
  assert.ok(second - first >= 16)
  assert.equal(third, 300)
  const low = separateLabels([343, 343, 343])
  assert.ok(Math.max(...low) <= 360)
  assert.ok(Math.min(...low) <= Math.max(...low) - 32)
})
