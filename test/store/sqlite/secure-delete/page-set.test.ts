import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { PageSet } from '../../../../src/store/sqlite/secure-delete/page-set.ts'

test('pages are taken once and in order, however they were added', () => {
  const page = fc.nat({ max: 300 })
  const step = fc.oneof(
    fc.record({ add: page }),
    fc.record({ through: page }),
    fc.record({ take: fc.nat({ max: 40 }) }),
  )
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const set = new PageSet()
      const model = new Set<number>()
      for (const operation of steps) {
        if ('add' in operation) {
          set.add(operation.add)
          model.add(operation.add)
        } else if ('through' in operation) {
          set.addThrough(operation.through)
          for (let number = 0; number <= operation.through; number++) model.add(number)
        } else {
          const expected = [...model].sort((a, b) => a - b).slice(0, operation.take)
          assert.deepEqual(set.take(operation.take), expected)
          for (const number of expected) model.delete(number)
        }
      }
    }),
  )
})
