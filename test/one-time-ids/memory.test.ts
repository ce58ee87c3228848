import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MemoryOneTimeIds, ONE_TIME_IDS_MAX } from '../../src/one-time-ids/memory.ts'
import { oneTimeIdsContract } from '../contracts/one-time-ids.ts'
import { TestClock } from '../support/clock.ts'
import { refused } from '../support/refused.ts'

oneTimeIdsContract('the one-time ids in memory', async () => {
  const clock = new TestClock()
  return {
    oneTimeIds: new MemoryOneTimeIds(clock),
    now: () => clock.now(),
    advance: async (ms) => clock.advance(ms),
    close: async () => {},
  }
})

test('beyond the bound new ids are refused, and none is forgotten before it expires', async () => {
  const clock = new TestClock()
  const oneTimeIds = new MemoryOneTimeIds(clock)
  const until = clock.now() + 1000
  for (let n = 0; n < ONE_TIME_IDS_MAX; n++) await oneTimeIds.use(`${n}`, until)
  await assert.rejects(oneTimeIds.use('more', until), refused('busy'))
  assert.equal(await oneTimeIds.use('0', until), false)
  clock.advance(1000)
  assert.equal(await oneTimeIds.use('more', until + 1000), true)
})
