import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RedisBus } from '../../src/bus/redis.ts'
import { parseDraft } from '../../src/chat/message.ts'
import type { Redis } from '../../src/redis/redis.ts'
import { busContract } from '../contracts/bus.ts'
import { ADA, AUTHOR, BOB, LOBBY } from '../support/events.ts'
import { RecordingListener } from '../support/recording-listener.ts'
import { testSecrets } from '../support/secrets.ts'
import { redisForTests, type TestRedis } from '../support/test-redis.ts'

const open = redisForTests()

function busOn(under: TestRedis, redis: Redis): Promise<RedisBus> {
  const report = (error: unknown) => void under.reported.push(error)
  const nothing = () => {}
  return RedisBus.open({
    redis,
    url: under.url,
    clock: under.clock,
    secrets: testSecrets(),
    changed: nothing,
    reseated: nothing,
    report,
  })
}

busContract('the bus in Redis', async () => {
  const under = await open()
  const bus = await busOn(under, under.redis)
  return {
    bus,
    pass: under.pass,
    close: async () => {
      bus.close()
      under.close()
      assert.deepEqual(under.reported, [])
    },
  }
})
