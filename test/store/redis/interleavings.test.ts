import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import fc from 'fast-check'
import { FanOut } from '../../../src/chat/delivery/fan-out.ts'
import { Hub } from '../../../src/chat/delivery/hub.ts'
import { parseSlug } from '../../../src/chat/room.ts'
import { encoders } from '../../../src/frames/encoders.ts'
import { systemClock } from '../../../src/system/clock.ts'
import { eventually } from '../../support/eventually.ts'
import { redisForTests } from '../../support/redis/test-redis.ts'
import { openTestRedisStore } from '../../support/redis/test-redis-store.ts'
import { anyKeptRoomStep, KeptRoomSimulation } from '../../support/store/kept-room-simulation.ts'
import { FOREVER } from '../../support/store/test-store.ts'

/** So many times so many rooms at once. */
const RUNS = 25
const ROOMS = 40

const open = redisForTests()

const anyRun = fc.record({
  stepsOf: fc.array(fc.array(anyKeptRoomStep, { minLength: 4, maxLength: 24, size: 'max' }), {
    minLength: ROOMS,
    maxLength: ROOMS,
  }),
  /** Turns of the loop after each step, in which answers and events come. */
  turns: fc.infiniteStream(fc.constantFrom(0, 0, 1, 3)),
})

test('however one process writes while another is read, each reader shows what a fresh page does', async () => {
  const one = await openTestRedisStore(await open())
  const two = await one.addProcess()
  const clock = systemClock
  const hub = new Hub(two.bus, two.store, clock, 60_000, {
    encoders,
    encodeChunk: (text: string) => text,
    fanOut: new FanOut(clock),
    retryMs: () => 1500,
    end: () => assert.fail('no history was lost'),
  })
  let rooms = 0
  try {
    await fc.assert(
      fc.asyncProperty(anyRun, async ({ stepsOf, turns }) => {
        const plays = await Promise.all(
          stepsOf.map(async () => {
            const room = parseSlug(`room-${++rooms}`)
            await one.store.createRoom(room, FOREVER, 'owner')
            return new KeptRoomSimulation(
              { store: one.store, bus: two.bus, hub, clock, secrets: one.secrets },
              room,
            )
          }),
        )
        for (let at = 0; stepsOf.some((steps) => at < steps.length); at++) {
          for (const [index, play] of plays.entries()) {
            const step = stepsOf[index]?.[at]
            if (step) play.run(step)
          }
          for (let left = turns.next().value; left > 0; left--) await turn()
        }
        const settle = async () => {
          while (plays.some((play) => play.isBusy)) await turn()
        }
        await settle()
        for (const play of plays) play.reconnectAll()
        await settle()
        for (const play of plays) play.run({ kind: 'post' })
        await settle()
        for (const play of plays) await eventually(() => play.assertViewsAgree())
      }),
      // Which turn an answer comes in is not repeated exactly: there is nothing to shrink by.
      { numRuns: RUNS, endOnFailure: true },
    )
    assert.equal(rooms, RUNS * ROOMS)
  } finally {
    hub.close()
    await one.close()
  }
})
