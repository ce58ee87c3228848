import assert from 'node:assert/strict'
import { test } from 'node:test'
import { toVisualOrder } from '../../../src/chat/names/visual-order.ts'

// As Chromium displays them in <bdi>. Editors display the left column of this file in the same way.
test('characters are put in the order of display, from left to right', () => {
  for (const [written, seen] of [
    ['Ada 1-2', 'Ada 1-2'],
    ['\u05d0\u05d1', '\u05d1\u05d0'],
    ['Ada \u05d0\u05d1', 'Ada \u05d1\u05d0'],
    ['\u05d0\u05d1 Ada', 'Ada \u05d1\u05d0'],
    ['a\u05d0b', 'a\u05d0b'],
    ['\u05d0 12', '12 \u05d0'],
    ['\u05d0 1-2', '1-2 \u05d0'],
    ['\u0627 1-2', '2-1 \u0627'],
    ['\u05d0 5%', '5% \u05d0'],
    ['\u05d0!', '!\u05d0'],
    ['a \u05d0!', 'a \u05d0!'],
    ['a \u05d0 1', 'a 1 \u05d0'],
    ['\u05d0 a 1', 'a 1 \u05d0'],
    ['\u0661\u0662 \u0627', '\u0627 \u0661\u0662'],
    ['\u05d0\u05b8\u05d1', '\u05d1\u05d0\u05b8'],
  ] as const)
    assert.equal(toVisualOrder(written), seen, written)
})
