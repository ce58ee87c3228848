import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Limits } from '../../src/chat/ports/limits.ts'
import type { RateLimits } from '../../src/chat/rate-limit.ts'
import { Refusal } from '../../src/chat/refusal.ts'
import { ADA, BOB, member, testCaller } from '../support/events.ts'
import { refused } from '../support/refused.ts'

/** Limits of which nothing is spent yet, and their time. */
export interface LimitsUnderTest {
  readonly limits: Limits
  /** Lets this time pass for windows. */
  advance(ms: number): Promise<void>
  close(): Promise<void>
}

const SECOND = 1000

const RATE_LIMITS: RateLimits = {
  post: { member: { count: 3, windowMs: SECOND }, address: { count: 5, windowMs: SECOND } },
  name: { member: { count: 1, windowMs: 2500 }, address: undefined },
  room: { member: undefined, address: { count: 1, windowMs: 3_600_000 } },
}

const ADDRESS = '192.0.2.1'
const OTHER_ADDRESS = '2001:db8:0:0::/64'

/** What all limits do. */
export function limitsContract(name: string, make: (budgets: RateLimits) => Promise<LimitsUnderTest>): void {
  function it(does: string, run: (limits: Limits, pass: LimitsUnderTest['advance']) => Promise<void>): void {
    test(`${name}: ${does}`, async (t) => {
      const { limits, advance, close } = await make(RATE_LIMITS)
      t.after(close)
      await run(limits, advance)
    })
  }

  it('a member has so many at once, and all of them again when the time is over', async (limits, pass) => {
    for (let windows = 0; windows < 3; windows++) {
      assert.equal(await countTaken(limits, 'post', testCaller(ADA), 5), 3)
      await pass(SECOND + 50)
    }
  })

  it('of those who come at the same moment no more pass than may', async (limits) => {
    const posts = Array.from({ length: 20 }, () => limits.take('post', testCaller(ADA)))
    const outcomes = await Promise.allSettled(posts)
    assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 3)
  })

  it('who is refused hears what was too much, and for how many whole seconds', async (limits, pass) => {
    await limits.take('name', testCaller(ADA))
    await pass(100)
    assert.deepEqual(await catchRefusal(limits.take('name', testCaller(ADA))), {
      code: 'too-many',
      message: 'You took too many names at once. Try again in 3 seconds.',
      retryAfter: 3,
    })
    await pass(2000)
    const later = await catchRefusal(limits.take('name', testCaller(ADA)))
    assert.equal(later.retryAfter, 1)
    await limits.take('room', testCaller(ADA))
    const hour = await catchRefusal(limits.take('room', testCaller(BOB)))
    assert.match(hour.message, /rooms .* from your network\. Try again in 60 minutes\.$/)
    assert.ok(hour.retryAfter === 3600 || hour.retryAfter === 3599)
  })

  it('who tries again and again waits no longer', async (limits, pass) => {
    await countTaken(limits, 'post', testCaller(ADA), 3)
    for (let tries = 0; tries < 4; tries++) {
      assert.equal(await countTaken(limits, 'post', testCaller(ADA), 10), 0)
      await pass(200)
    }
    await pass(250)
    assert.equal(await countTaken(limits, 'post', testCaller(ADA), 5), 3)
  })

  it('members have each their own', async (limits) => {
    assert.equal(await countTaken(limits, 'post', testCaller(ADA, ADDRESS), 4), 3)
    assert.equal(await countTaken(limits, 'post', testCaller(BOB, OTHER_ADDRESS), 4), 3)
  })

  it('members of one address share what it has, and those of another do not', async (limits) => {
    assert.equal(await countTaken(limits, 'post', testCaller(ADA), 3), 3)
    assert.equal(await countTaken(limits, 'post', testCaller(BOB), 3), 2)
    const { message } = await catchRefusal(limits.take('post', testCaller(BOB)))
    assert.match(message, /from your network just now\. Try again in a second\.$/)
    assert.equal(await countTaken(limits, 'post', testCaller(BOB, OTHER_ADDRESS), 3), 1)
  })

  it('who comes as somebody new each time is bounded by its address', async (limits) => {
    let passed = 0
    for (let number = 0; number < 20; number++)
      passed += await countTaken(limits, 'post', testCaller(member(`new-${number}`)), 1)
    assert.equal(passed, 5)
  })

  it('a member that is refused takes nothing from its neighbours', async (limits) => {
    assert.equal(await countTaken(limits, 'post', testCaller(ADA), 50), 3)
    assert.equal(await countTaken(limits, 'post', testCaller(BOB), 3), 2)
  })

  it('a member whose address is refused has lost nothing', async (limits) => {
    await countTaken(limits, 'post', testCaller(ADA), 3)
    await countTaken(limits, 'post', testCaller(member('cy')), 2)
    assert.equal(await countTaken(limits, 'post', testCaller(BOB), 10), 0)
    assert.equal(await countTaken(limits, 'post', testCaller(BOB, OTHER_ADDRESS), 3), 3)
  })

  it('posts, names and rooms are counted apart', async (limits) => {
    assert.equal(await countTaken(limits, 'post', testCaller(ADA), 4), 3)
    assert.equal(await countTaken(limits, 'name', testCaller(ADA), 4), 1)
    assert.equal(await countTaken(limits, 'room', testCaller(ADA), 4), 1)
  })

  it('what is given back is there again for the member and its address, once', async (limits) => {
    const giveBack = await limits.take('post', testCaller(ADA))
    await countTaken(limits, 'post', testCaller(ADA), 2)
    await countTaken(limits, 'post', testCaller(BOB), 2)
    assert.equal(await countTaken(limits, 'post', testCaller(ADA), 5), 0)
    giveBack()
    giveBack()
    assert.equal(await countTaken(limits, 'post', testCaller(ADA), 5), 1)
    assert.equal(await countTaken(limits, 'post', testCaller(BOB), 5), 0)
  })

  it('what is given back when its time is over makes nothing more', async (limits, pass) => {
    const giveBack = [await limits.take('post', testCaller(ADA)), await limits.take('post', testCaller(ADA))]
    await pass(SECOND + 50)
    giveBack[0]?.()
    assert.equal(await countTaken(limits, 'post', testCaller(ADA), 5), 3)
    giveBack[1]?.()
    assert.equal(await countTaken(limits, 'post', testCaller(ADA), 5), 0)
  })

  it('where nothing is limited, nothing is refused', async (limits) => {
    for (let number = 0; number < 100; number++) {
      await limits.take('name', testCaller(member(`m${number}`)))
      await limits.take('room', testCaller(ADA, `192.0.2.${number}`))
    }
  })

  it('members and addresses of any name are ordinary, and never one another', async (limits) => {
    for (const name of ['__proto__', 'constructor', 'toString', 'a:b', ''])
      assert.equal(await countTaken(limits, 'post', testCaller(member(name), `${name}:`), 4), 3, name)
    const [left, right] = [testCaller(member('x'), 'y'), testCaller(member('y'), 'x')]
    assert.equal(await countTaken(limits, 'post', left, 4), 3)
    assert.equal(await countTaken(limits, 'post', right, 4), 3)
  })
}

/** How many of so many attempts, one after the other, were not refused. */
async function countTaken(
  limits: Limits,
  what: keyof RateLimits,
  who: ReturnType<typeof testCaller>,
  attempts: number,
): Promise<number> {
  let count = 0
  for (let attempt = 0; attempt < attempts; attempt++) {
    try {
      await limits.take(what, who)
      count++
    } catch (error) {
      assert.ok(refused('too-many')(error), String(error))
    }
  }
  return count
}

async function catchRefusal(
  attempt: Promise<unknown>,
): Promise<Pick<Refusal, 'code' | 'message' | 'retryAfter'>> {
  const error = await attempt.then(
    () => assert.fail('was not refused'),
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof Refusal, String(error))
  return { code: error.code, message: error.message, retryAfter: error.retryAfter }
}
