import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MarkerScanner, numberedText, TEXT_BYTES } from '../../../scripts/bench/load/marker.ts'

test('the numbers of messages are found in chunks of any size', () => {
  const stream = Buffer.from(`id: 1\ndata: ${numberedText(7)}\n\n#12#0000#99${numberedText(123_456)}#00001`)
  for (let size = 1; size <= stream.length; size++) {
    const scanner = new MarkerScanner()
    const numbers: number[] = []
    const buffer = new Uint8Array(size + 3)
    for (let at = 0; at < stream.length; at += size) {
      const chunk = stream.subarray(at, at + size)
      buffer.set(chunk)
      scanner.scan(buffer, chunk.length, (number) => numbers.push(number))
    }
    assert.deepEqual(numbers, [7, 123_456], `cut into pieces of ${size}`)
  }
})

test('every text has the same size', () => {
  for (const number of [0, 42, 999_999]) assert.equal(Buffer.byteLength(numberedText(number)), TEXT_BYTES)
})
