import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
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

/** Each run has this many rooms at once. */
const RUNS = 25
const ROOMS = 40

const open = redisForTests()

const anyRun = fc.record({
  stepsOf: fc.array(fc.array(anyKeptRoomStep, { minLength: 4, maxLength: 24, size: 'max' }), {
    minLength: ROOMS,
    maxLength: ROOMS,
  }),
  /** Turns of the event loop after each step, so that replies and events can arrive. */
  turns: fc.infiniteStream(fc.constantFrom(0, 0, 1, 3)),
})

test('P6: each reader shows the same as a fresh page, however writes on one process and reads on another interleave', async () => {
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
        const simulations = await Promise.all(
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
          for (const [index, simulation] of simulations.entries()) {
            const step = stepsOf[index]?.[at]
            if (step) simulation.run(step)
          }
          for (let left = turns.next().value; left > 0; left--) await nextTurn()
        }
        const settle = async () => {
          while (simulations.some((simulation) => simulation.isBusy)) await nextTurn()
        }
        await settle()
        for (const simulation of simulations) simulation.reconnectAll()
        await settle()
        for (const simulation of simulations) simulation.run({ kind: 'post' })
        await settle()
        for (const simulation of simulations) await eventually(() => simulation.assertViewsAgree())
      }),
      // A failure can't be shrunk, because replies do not arrive in the same turn again.
      { numRuns: RUNS, endOnFailure: true },
    )
    assert.equal(rooms, RUNS * ROOMS)
  } finally {
    hub.close()
    await one.close()
  }
})
