import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Replays } from '../../src/chat/ports/one-time-ids.ts'

export interface ReplaysUnderTest {
  readonly replays: Replays
  now(): number
  pass(ms: number): Promise<void>
  close(): Promise<void>
}

/** What every memory of what was shown does. */
export function replaysContract(name: string, make: () => Promise<ReplaysUnderTest>): void {
  test(`${name}: a thing is new once, for as long as it is good, however many show it at once`, async (t) => {
    const { replays, now, pass, close } = await make()
    t.after(close)
    const until = now() + 60_000
    const shown = await Promise.all(Array.from({ length: 9 }, () => replays.first('one', until)))
    assert.equal(shown.filter((first) => first).length, 1)
    assert.equal(await replays.first('another', until), true)
    await pass(59_000)
    assert.equal(await replays.first('one', until), false)
    await pass(2_000)
    assert.equal(await replays.first('one', now() + 60_000), true)
  })
}
