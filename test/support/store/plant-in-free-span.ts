import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { findFreeSpans, readLayout } from '../../../src/store/sqlite/secure-delete/free-space.ts'

/** Writes text into a gap of a page, as SQLite leaves it where it moves rows. */
export function plantInFreeSpan(path: string, number: number, text: string): void {
  const bytes = readFileSync(path)
  const { pageSize, usableBytes } = readLayout(bytes.subarray(0, 100), bytes.length) ?? assert.fail()
  const at = (number - 1) * pageSize
  const [gap] = findFreeSpans(bytes.subarray(at, at + pageSize), usableBytes)
  assert.ok(gap && gap.end - gap.start > 4 * text.length)
  // Another row makes the gap smaller at both of its ends.
  bytes.write(text, at + Math.floor((gap.start + gap.end) / 2))
  writeFileSync(path, bytes)
}
