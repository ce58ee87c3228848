import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RateLimits } from '../../src/chat/limits/rate-limit.ts'
import type { Limits } from '../../src/chat/ports/limits.ts'
import { Refusal } from '../../src/chat/refusal.ts'
import { ADA, BOB, member, testCaller } from '../support/events.ts'
import { refused } from '../support/refused.ts'

/** Unused limits, and their clock. */
export interface LimitsUnderTest {
  readonly limits: Limits
  /** Advances the time of windows, in milliseconds. */
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

/** The contract of all limits. */
export function limitsContract(
  name: string,
  make: (rateLimits: RateLimits) => Promise<LimitsUnderTest>,
): void {
  function it(
    title: string,
    run: (limits: Limits, advance: LimitsUnderTest['advance']) => Promise<void>,
  ): void {
    test(`${title} (${name})`, async (t) => {
      const { limits, advance, close } = await make(RATE_LIMITS)
      t.after(close)
      await run(limits, advance)
    })
  }

  it('a member may use its whole limit at once, and again in the next window', async (limits, advance) => {
    for (let windows = 0; windows < 3; windows++) {
      assert.equal(await countTaken(limits, 'post', testCaller(ADA), 5), 3)
      await advance(SECOND + 50)
    }
  })

  it('simultaneous attempts do not exceed the limit', async (limits) => {
    const posts = Array.from({ length: 20 }, () => limits.take('post', testCaller(ADA)))
    const results = await Promise.allSettled(posts)
    assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 3)
  })

  it('a refusal names the limit that was exceeded and the whole seconds to wait', async (limits, advance) => {
    await limits.take('name', testCaller(ADA))
    await advance(100)
    assert.deepEqual(await catchRefusal(limits.take('name', testCaller(ADA))), {
      code: 'too-many',
      message: 'You took too many names at once. Try again in 3 seconds.',
      retryAfter: 3,
    })
    await advance(2000)
    const laterRefusal = await catchRefusal(limits.take('name', testCaller(ADA)))
    assert.equal(laterRefusal.retryAfter, 1)
    await limits.take('room', testCaller(ADA))
    const roomRefusal = await catchRefusal(limits.take('room', testCaller(BOB)))
    assert.match(roomRefusal.message, /rooms .* from your network\. Try again in 60 minutes\.$/)
    assert.ok(roomRefusal.retryAfter === 3600 || roomRefusal.retryAfter === 3599)
  })

  it('repeated attempts do not prolong the wait', async (limits, advance) => {
    await countTaken(limits, 'post', testCaller(ADA), 3)
    for (let tries = 0; tries < 4; tries++) {
      assert.equal(await countTaken(limits, 'post', testCaller(ADA), 10), 0)
      await advance(200)
    }
    await advance(250)
    assert.equal(await countTaken(limits, 'post', testCaller(ADA), 5), 3)
  })

  it('each member has its own limit', async (limits) => {
    assert.equal(await countTaken(limits, 'post', testCaller(ADA, ADDRESS), 4), 3)
    assert.equal(await countTaken(limits, 'post', testCaller(BOB, OTHER_ADDRESS), 4), 3)
  })

  it('members of one address share its limit, and members of another address do not', async (limits) => {
    assert.equal(await countTaken(limits, 'post', testCaller(ADA), 3), 3)
    assert.equal(await countTaken(limits, 'post', testCaller(BOB), 3), 2)
    const { message } = await catchRefusal(limits.take('post', testCaller(BOB)))
    assert.match(message, /from your network just now\. Try again in a second\.$/)
    assert.equal(await countTaken(limits, 'post', testCaller(BOB, OTHER_ADDRESS), 3), 1)
  })

  it('a visitor who is a new member each time is limited by the address', async (limits) => {
    let takenCount = 0
    for (let number = 0; number < 20; number++)
      takenCount += await countTaken(limits, 'post', testCaller(member(`new-${number}`)), 1)
    assert.equal(takenCount, 5)
  })

  it('a refused member uses nothing of the limit of its address', async (limits) => {
    assert.equal(await countTaken(limits, 'post', testCaller(ADA), 50), 3)
    assert.equal(await countTaken(limits, 'post', testCaller(BOB), 3), 2)
  })

  it('a member who is refused because of the address uses nothing of its own limit', async (limits) => {
    await countTaken(limits, 'post', testCaller(ADA), 3)
    await countTaken(limits, 'post', testCaller(member('cy')), 2)
    assert.equal(await countTaken(limits, 'post', testCaller(BOB), 10), 0)
    assert.equal(await countTaken(limits, 'post', testCaller(BOB, OTHER_ADDRESS), 3), 3)
  })

  it('posts, names and rooms are counted separately', async (limits) => {
    assert.equal(await countTaken(limits, 'post', testCaller(ADA), 4), 3)
    assert.equal(await countTaken(limits, 'name', testCaller(ADA), 4), 1)
    assert.equal(await countTaken(limits, 'room', testCaller(ADA), 4), 1)
  })

  it('an attempt that is given back counts neither for the member nor for its address, once', async (limits) => {
    const giveBack = await limits.take('post', testCaller(ADA))
    await countTaken(limits, 'post', testCaller(ADA), 2)
    await countTaken(limits, 'post', testCaller(BOB), 2)
    assert.equal(await countTaken(limits, 'post', testCaller(ADA), 5), 0)
    giveBack()
    giveBack()
    assert.equal(await countTaken(limits, 'post', testCaller(ADA), 5), 1)
    assert.equal(await countTaken(limits, 'post', testCaller(BOB), 5), 0)
  })

  it('an attempt that is given back after its window changes nothing', async (limits, advance) => {
    const giveBack = [await limits.take('post', testCaller(ADA)), await limits.take('post', testCaller(ADA))]
    await advance(SECOND + 50)
    giveBack[0]?.()
    assert.equal(await countTaken(limits, 'post', testCaller(ADA), 5), 3)
    giveBack[1]?.()
    assert.equal(await countTaken(limits, 'post', testCaller(ADA), 5), 0)
  })

  it('an absent limit refuses nothing', async (limits) => {
    for (let number = 0; number < 100; number++) {
      await limits.take('name', testCaller(member(`m${number}`)))
      await limits.take('room', testCaller(ADA, `192.0.2.${number}`))
    }
  })

  it('members and addresses may have any name, and are never confused', async (limits) => {
    for (const name of ['__proto__', 'constructor', 'toString', 'a:b', ''])
      assert.equal(await countTaken(limits, 'post', testCaller(member(name), `${name}:`), 4), 3, name)
    const [left, right] = [testCaller(member('x'), 'y'), testCaller(member('y'), 'x')]
    assert.equal(await countTaken(limits, 'post', left, 4), 3)
    assert.equal(await countTaken(limits, 'post', right, 4), 3)
  })
}

/** Makes attempts one after the other, and counts those that are not refused. */
async function countTaken(
  limits: Limits,
  action: keyof RateLimits,
  caller: ReturnType<typeof testCaller>,
  attempts: number,
): Promise<number> {
  let count = 0
  for (let attempt = 0; attempt < attempts; attempt++) {
    try {
      await limits.take(action, caller)
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
