import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { findFreeSpans, readLayout } from '../../../src/store/sqlite/secure-delete/free-space.ts'

/** Writes text into a free span of a page, like the remains that SQLite leaves when it moves rows. */
export function plantInFreeSpan(path: string, page: number, text: string): void {
  const bytes = readFileSync(path)
  const { pageSize, usableBytes } = readLayout(bytes.subarray(0, 100), bytes.length) ?? assert.fail()
  const start = (page - 1) * pageSize
  const [span] = findFreeSpans(bytes.subarray(start, start + pageSize), usableBytes)
  assert.ok(span && span.end - span.start > 4 * text.length)
  // In the middle: another row takes space from both ends of the span.
  bytes.write(text, start + Math.floor((span.start + span.end) / 2))
  writeFileSync(path, bytes)
}
