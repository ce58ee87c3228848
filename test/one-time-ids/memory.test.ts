import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MemoryReplays, REPLAYS_MAX } from '../../src/one-time-ids/memory.ts'
import { replaysContract } from '../contracts/one-time-ids.ts'
import { TestClock } from '../support/clock.ts'
import { refused } from '../support/refused.ts'

replaysContract('what was shown, in memory', async () => {
  const clock = new TestClock()
  return {
    replays: new MemoryReplays(clock),
    now: () => clock.now(),
    pass: async (ms) => clock.advance(ms),
    close: async () => {},
  }
})

test('so much is remembered and no more, and nothing is forgotten before its time', async () => {
  const clock = new TestClock()
  const replays = new MemoryReplays(clock)
  const until = clock.now() + 1000
  for (let n = 0; n < REPLAYS_MAX; n++) await replays.first(`${n}`, until)
  await assert.rejects(replays.first('more', until), refused('busy'))
  assert.equal(await replays.first('0', until), false)
  clock.advance(1000)
  assert.equal(await replays.first('more', until + 1000), true)
})
