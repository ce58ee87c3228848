import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NUMBERING_LUA } from '../../src/redis/numbering.ts'
import { defineScript } from '../../src/redis/script.ts'
import { redisForTests } from '../support/redis/test-redis.ts'

const open = redisForTests()

const NUMBER = defineScript(
  NUMBERING_LUA,
  "local epoch, seq = nextNumber(KEYS[1], ARGV[1], ARGV[2], ARGV[3], 1) return epoch .. '.' .. seq",
)
const LAST_SEQ_IN = defineScript(NUMBERING_LUA, 'return lastSeqIn(KEYS[1], ARGV[1]) or false')

async function numbering() {
  const { redis, prefix, close } = await open()
  const key = `${prefix}n`
  return {
    number: (fresh: string, continuityId: string, lastSeen = '') =>
      redis.run(NUMBER, [key], [fresh, continuityId, lastSeen]),
    lastSeqIn: (epoch: string) => redis.run(LAST_SEQ_IN, [key], [epoch]),
    set: (seq: number) => redis.command('HSET', key, 'seq', String(seq)),
    close,
  }
}

test('an epoch ends when Redis has or may have lost something, and its last seq is remembered', async () => {
  const { number, lastSeqIn, set, close } = await numbering()
  assert.equal(await number('a0', 'one'), 'a0.1')
  assert.equal(await number('a5', 'one', 'a0.1'), 'a0.2')
  assert.equal(await number('a7', 'two', 'a0.2'), 'a7.3')
  assert.equal(
    await number('a6', 'three', 'a7.3'),
    'a8.4',
    'later than the previous epoch, whatever the clock says',
  )
  assert.equal(await number('b0', 'three', 'a8.9'), 'b0.10', 'the caller has seen a higher seq')
  assert.equal(await number('b1', 'three', 'c0.3'), 'c1.11', 'the caller has seen a later epoch')
  await set(7)
  assert.equal(await number('c1', 'three', 'c1.11'), 'c2.12')
  const lastSeqs = await Promise.all(['a0', 'a7', 'a8', 'b0', 'c1', 'c2', 'a'].map(lastSeqIn))
  assert.deepEqual(lastSeqs, [2, 3, 4, 10, 7, null, null])
  close()
})

test('only the newest epochs are remembered', async () => {
  const { number, lastSeqIn, close } = await numbering()
  for (let n = 0; n < 60; n++) await number((1000 + n).toString(36), `${n}`)
  assert.equal(await lastSeqIn((1000).toString(36)), null)
  assert.equal(await lastSeqIn((1058).toString(36)), 59)
  close()
})
