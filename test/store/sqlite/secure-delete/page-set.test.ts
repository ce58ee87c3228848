import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { PageSet } from '../../../../src/store/sqlite/secure-delete/page-set.ts'

test('what was added is taken once, in order, however it was added', () => {
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
      for (const does of steps) {
        if ('add' in does) {
          set.add(does.add)
          model.add(does.add)
        } else if ('through' in does) {
          set.addThrough(does.through)
          for (let number = 0; number <= does.through; number++) model.add(number)
        } else {
          const expected = [...model].sort((a, b) => a - b).slice(0, does.take)
          assert.deepEqual(set.take(does.take), expected)
          for (const number of expected) model.delete(number)
        }
      }
    }),
  )
})
