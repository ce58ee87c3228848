import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type SseFields, sseBlock } from '../../src/frames/sse.ts'
import { anyText } from '../support/any-text.ts'
import { readSse, readSseChunks } from '../support/http/read-sse.ts'

/** What is left of `data` after UTF-8 and the line ends of an event stream. */
function asReceived(data: string): string {
  return data.toWellFormed().replace(/\r\n?/g, '\n')
}

const anyFields: fc.Arbitrary<SseFields> = fc.record(
  {
    event: fc.constantFrom('gap', 'open', 'beat'),
    id: fc.constantFrom('mi1.0', 'mi1.41', '0'),
    retry: fc.nat({ max: 100_000 }),
    data: anyText,
  },
  { requiredKeys: ['data'] },
)

test('a block has one line per field and ends with an empty line', () => {
  assert.equal(sseBlock({ data: 'a' }), 'data: a\n\n')
  assert.equal(
    sseBlock({ event: 'gap', id: 'mi1.4', retry: 1500, data: 'a\nb' }),
    'event: gap\nid: mi1.4\nretry: 1500\ndata: a\ndata: b\n\n',
  )
})

test('an event with empty data is still an event', () => {
  assert.deepEqual(readSse(sseBlock({ event: 'beat', data: '' })).events, [
    { event: 'beat', id: undefined, data: '' },
  ])
})

test('data keeps its spaces, colons and empty lines', () => {
  for (const data of [
    ' a',
    '  a ',
    ':a',
    '\na',
    'a\n',
    '\n',
    '\n\n\n',
    'data: a\n\ndata: b',
    '\t',
    '\uFEFFa',
  ])
    assert.deepEqual(readSse(sseBlock({ data })).events, [{ event: undefined, id: undefined, data }])
})

test('lines end with LF only, so that none is misread wherever the network cuts', () => {
  fc.assert(fc.property(anyFields, (fields) => !sseBlock(fields).includes('\r')))
})

test('events arrive with unchanged data wherever the bytes are cut', () => {
  fc.assert(
    fc.property(
      fc.array(anyFields, { minLength: 1, maxLength: 6 }),
      fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 12 }),
      (blocks, sizes) => {
        const bytes = new TextEncoder().encode(blocks.map(sseBlock).join(''))
        const { events, retries } = readSseChunks(cut(bytes, sizes))
        assert.deepEqual(
          events,
          blocks.map(({ event, id, data }) => ({ event, id, data: asReceived(data) })),
        )
        assert.deepEqual(
          retries,
          blocks.flatMap(({ retry }) => retry ?? []),
        )
      },
    ),
    { numRuns: 3000 },
  )
})

// Cuts into pieces of these sizes, which are repeated.
function cut(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const chunks: Uint8Array[] = []
  for (let start = 0; start < bytes.length; ) {
    const size = sizes[chunks.length % sizes.length] ?? 1
    chunks.push(bytes.subarray(start, start + size))
    start += size
  }
  return chunks
}
