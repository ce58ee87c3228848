import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withinLimit } from '../../../src/chat/actions/within-limit.ts'
import { Refusal, type RefusalCode } from '../../../src/chat/refusal.ts'
import { NO_LIMITS } from '../../../src/config/limit-flags.ts'
import { MemoryLimits } from '../../../src/limits/memory.ts'
import { TestClock } from '../../support/clock.ts'
import { ADA, testCaller } from '../../support/events.ts'
import { refused } from '../../support/refused.ts'

const ONE_AN_HOUR = { member: { count: 1, windowMs: 3_600_000 }, address: undefined }

function oneNameAnHour() {
  const limits = new MemoryLimits(new TestClock(), { ...NO_LIMITS, name: ONE_AN_HOUR })
  return (run: () => Promise<unknown>) => withinLimit(limits, 'name', testCaller(ADA), run)
}

test('a limited action runs, returns its result, and counts against the limit', async () => {
  const take = oneNameAnHour()
  assert.equal(await take(async () => 'taken'), 'taken')
  await assert.rejects(
    take(() => assert.fail('ran')),
    refused('too-many'),
  )
})

const COSTS: Readonly<Record<Exclude<RefusalCode, 'too-many'>, boolean>> = {
  invalid: false,
  busy: false,
  'too-large': true,
  unsupported: true,
  'not-found': true,
  'no-such-method': true,
  gone: true,
  conflict: true,
  unauthorized: true,
  forbidden: true,
  full: false,
}

for (const [code, costs] of Object.entries(COSTS)) {
  test(`a refusal as ${code} costs ${costs ? 'as much as a success' : 'nothing'}`, async () => {
    const take = oneNameAnHour()
    const refuse = () => Promise.reject(new Refusal(code as RefusalCode, 'No.'))
    await assert.rejects(take(refuse), refused(code as RefusalCode))
    const again = take(async () => {})
    await (costs ? assert.rejects(again, refused('too-many')) : again)
  })
}

test('an error counts against the limit, and is thrown as it is', async () => {
  const take = oneNameAnHour()
  const bug = new Error('planted')
  await assert.rejects(
    take(() => Promise.reject(bug)),
    bug,
  )
  await assert.rejects(
    take(async () => {}),
    refused('too-many'),
  )
})
