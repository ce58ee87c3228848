import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { OneTimeIds } from '../../src/chat/ports/one-time-ids.ts'

/** A memory of one-time ids, and its clock. */
export interface OneTimeIdsUnderTest {
  readonly oneTimeIds: OneTimeIds
  /** Milliseconds since 1970. */
  now(): number
  /** Advances the time, in milliseconds. */
  advance(ms: number): Promise<void>
  close(): Promise<void>
}

/** The contract of every memory of one-time ids. */
export function oneTimeIdsContract(name: string, make: () => Promise<OneTimeIdsUnderTest>): void {
  test(`an id can be used once until it expires, however many use it at once (${name})`, async (t) => {
    const { oneTimeIds, now, advance, close } = await make()
    t.after(close)
    const until = now() + 60_000
    const results = await Promise.all(Array.from({ length: 9 }, () => oneTimeIds.use('one', until)))
    assert.equal(results.filter((isFirst) => isFirst).length, 1)
    assert.equal(await oneTimeIds.use('another', until), true)
    await advance(59_000)
    assert.equal(await oneTimeIds.use('one', until), false)
    await advance(2_000)
    assert.equal(await oneTimeIds.use('one', now() + 60_000), true)
  })
}
