import assert from 'node:assert/strict'
import { test } from 'node:test'
import { address } from '../../src/chat/address.ts'
import { CpuLimits, WRITE_CPU } from '../../src/limits/cpu-limits.ts'
import { TestClock } from '../support/clock.ts'
import { ADA } from '../support/events.ts'
import { refused } from '../support/refused.ts'

test('an address whose posts cost much must wait, and others need not', async () => {
  const clock = new TestClock()
  let cpu = 0
  const limits = new CpuLimits({ take: async () => () => {} }, clock, () => cpu)
  const post = async (from: string, ms: number) => {
    const giveBack = await limits.take('post', { member: ADA, address: address(from) })
    cpu += ms
    // Not even when it is refused as invalid.
    giveBack()
    await new Promise((resolve) => setImmediate(resolve))
  }
  for (let n = 0; n < 10; n++) await post('192.0.2.1', WRITE_CPU.count / 10)
  await assert.rejects(post('192.0.2.1', 1), refused('too-many'))
  await post('192.0.2.2', 1)
  clock.advance(WRITE_CPU.windowMs / 10)
  await post('192.0.2.1', 1)
})
