import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { OneTimeIds } from '../../src/chat/ports/one-time-ids.ts'

export interface OneTimeIdsUnderTest {
  readonly oneTimeIds: OneTimeIds
  now(): number
  advance(ms: number): Promise<void>
  close(): Promise<void>
}

/** What every memory of what was shown does. */
export function oneTimeIdsContract(name: string, make: () => Promise<OneTimeIdsUnderTest>): void {
  test(`${name}: a thing is new once, for as long as it is good, however many show it at once`, async (t) => {
    const { oneTimeIds, now, advance, close } = await make()
    t.after(close)
    const until = now() + 60_000
    const shown = await Promise.all(Array.from({ length: 9 }, () => oneTimeIds.use('one', until)))
    assert.equal(shown.filter((first) => first).length, 1)
    assert.equal(await oneTimeIds.use('another', until), true)
    await advance(59_000)
    assert.equal(await oneTimeIds.use('one', until), false)
    await advance(2_000)
    assert.equal(await oneTimeIds.use('one', now() + 60_000), true)
  })
}
