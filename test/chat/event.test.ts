import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  compareIds,
  EVENT_KINDS,
  epochAt,
  epochTime,
  formatId,
  isEventKind,
  parseCursor,
} from '../../src/chat/event.ts'

test('a formatted event id is parsed to the same id', () => {
  const moment = fc.integer({ min: 0, max: 8_640_000_000_000_000 })
  fc.assert(
    fc.property(moment, fc.integer({ min: 0, max: 999_999_999_999_999 }), (ms, seq) => {
      const id = { epoch: epochAt(ms), seq }
      assert.deepEqual(parseCursor(formatId(id)), id)
      assert.equal(epochTime(id.epoch), ms)
    }),
  )
})

test('a text that is not an event id is not a cursor', () => {
  const invalid = [
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
  for (const cursor of [...invalid, 'a.1234567890123456', `${'a'.repeat(12)}.1`, null, undefined])
    assert.equal(parseCursor(cursor), undefined, JSON.stringify(cursor))
})

test('ids are ordered by epoch and then by seq', () => {
  const ordered = ['zz.0', 'zz.2', 'zz.10', '100.1', '100.2'].map(
    (text) => parseCursor(text) ?? assert.fail(text),
  )
  for (const [index, id] of ordered.entries()) {
    assert.equal(compareIds(id, { ...id }), 0)
    for (const later of ordered.slice(index + 1)) {
      assert.ok(compareIds(id, later) < 0, `${formatId(id)} before ${formatId(later)}`)
      assert.ok(compareIds(later, id) > 0, `${formatId(later)} after ${formatId(id)}`)
    }
  }
})

test('a kind is recognised by its exact name alone', () => {
  for (const kind of EVENT_KINDS) assert.ok(isEventKind(kind))
  for (const other of ['', 'Posted', 'toString', '__proto__', 'constructor', 7, null, undefined, {}])
    assert.ok(!isEventKind(other), String(other))
})
