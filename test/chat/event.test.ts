import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { epochAt, epochTime, formatId, parseCursor } from '../../src/chat/event.ts'

test('an event id is read back as it was written', () => {
  const moment = fc.integer({ min: 0, max: 8_640_000_000_000_000 })
  fc.assert(
    fc.property(moment, fc.integer({ min: 0, max: 999_999_999_999_999 }), (ms, seq) => {
      const id = { epoch: epochAt(ms), seq }
      assert.deepEqual(parseCursor(formatId(id)), id)
      assert.equal(epochTime(id.epoch), ms)
    }),
  )
})

test('what is no event id is no cursor', () => {
  const wrong = [
    '',
    '.',
    'a',
    'a.',
    '.1',
    'a.01',
    'a.-1',
    'a.1.2',
    'A.1',
    'a.1 ',
    ' a.1',
    'a.1\n',
    'a b.1',
    'a.1e3',
  ]
  for (const cursor of [...wrong, 'a.1234567890123456', `${'a'.repeat(12)}.1`, null, undefined])
    assert.equal(parseCursor(cursor), undefined, JSON.stringify(cursor))
})
