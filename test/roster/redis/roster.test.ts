import { RedisRoster } from '../../../src/roster/redis/roster.ts'
import { rosterContract } from '../../contracts/roster.ts'
import { JumpingClock } from '../../support/jumping-clock.ts'
import { redisForTests } from '../../support/redis/test-redis.ts'
import { ROSTER_TIMES } from '../../support/roster-times.ts'
import { testSecrets } from '../../support/secrets.ts'

const openTestRedis = redisForTests()

rosterContract('the roster in Redis', async () => {
  const { redis, clock, advance, reported, close } = await openTestRedis(JumpingClock.frozen())
  const report = (error: unknown) => void reported.push(error)
  const subscribedSince = () => Number.POSITIVE_INFINITY
  const roster = new RedisRoster({
    redis,
    clock,
    secrets: testSecrets(),
    times: ROSTER_TIMES,
    subscribedSince,
    report,
  })
  return {
    roster,
    advance: async (ms) => {
      for (let left = ms; left > 0; left -= 10_000) {
        await advance(Math.min(left, 10_000))
        await roster.sweep()
      }
    },
    close: async () => {
      await roster.close()
      close()
    },
  }
})
