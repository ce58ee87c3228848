import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MemoryOneTimeIds, ONE_TIME_IDS_MAX } from '../../src/one-time-ids/memory.ts'
import { oneTimeIdsContract } from '../contracts/one-time-ids.ts'
import { TestClock } from '../support/clock.ts'
import { refused } from '../support/refused.ts'

oneTimeIdsContract('what was shown, in memory', async () => {
  const clock = new TestClock()
  return {
    oneTimeIds: new MemoryOneTimeIds(clock),
    now: () => clock.now(),
    advance: async (ms) => clock.advance(ms),
    close: async () => {},
  }
})

test('so much is remembered and no more, and nothing is forgotten before its time', async () => {
  const clock = new TestClock()
  const replays = new MemoryOneTimeIds(clock)
  const until = clock.now() + 1000
  for (let n = 0; n < ONE_TIME_IDS_MAX; n++) await replays.use(`${n}`, until)
  await assert.rejects(replays.use('more', until), refused('busy'))
  assert.equal(await replays.use('0', until), false)
  clock.advance(1000)
  assert.equal(await replays.use('more', until + 1000), true)
})
