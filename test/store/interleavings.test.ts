import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import fc from 'fast-check'
import { buildWriter } from '../../scripts/build.ts'
import { LocalBus } from '../../src/bus/local.ts'
import { FanOut } from '../../src/chat/fan-out.ts'
import { Hub } from '../../src/chat/hub.ts'
import { parseSlug } from '../../src/chat/room.ts'
import { encoders } from '../../src/frames/encoders.ts'
import { SqliteStore } from '../../src/store/sqlite.ts'
import { TestClock } from '../support/clock.ts'
import { anyKeptStep, KeptPlay } from '../support/kept-play.ts'
import { testSecrets } from '../support/secrets.ts'

/** So many times so many rooms at once, which share their commits. */
const RUNS = 10
const ROOMS = 40

const anyPlays = fc.array(fc.array(anyKeptStep, { minLength: 5, maxLength: 40, size: 'max' }), {
  minLength: ROOMS,
  maxLength: ROOMS,
})

test('however reading, posting, editing, deleting and leaving interleave, each reader shows what a fresh page does', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'snug-test-'))
  const clock = new TestClock()
  const secrets = testSecrets()
  const bus = new LocalBus(clock, secrets)
  const report = (error: unknown) => {
    throw error
  }
  const store = await SqliteStore.open(folder, { clock, secrets, bus, writer: await buildWriter(), report })
  const tools = {
    encoders,
    pack: (text: string) => text,
    fanOut: new FanOut(clock),
    retryMs: () => 1500,
    end: () => {},
  }
  const hub = new Hub(bus, store, clock, 60_000, tools)
  let rooms = 0
  try {
    await fc.assert(
      fc.asyncProperty(anyPlays, async (stepsOf) => {
        const plays = await Promise.all(
          stepsOf.map(async () => {
            const room = parseSlug(`room-${++rooms}`)
            await store.create(room, { retention: undefined, keep: undefined, listed: false }, 'owner')
            return new KeptPlay({ store, clock, secrets }, room, hub)
          }),
        )
        for (let at = 0; stepsOf.some((steps) => at < steps.length); at++) {
          for (const [index, play] of plays.entries()) {
            const step = stepsOf[index]?.[at]
            if (step) play.run(step)
          }
          if (stepsOf[0]?.[at]?.kind === 'time passes') await turn()
          clock.settle()
        }
        const goOn = async () => {
          await turn()
          clock.advance(20)
        }
        await Promise.all(plays.map((play) => play.end(goOn)))
        for (const play of plays) await play.assertAllShowTheSame()
      }),
      { numRuns: RUNS },
    )
    assert.equal(rooms, RUNS * ROOMS)
  } finally {
    hub.close()
    await store.close()
    await rm(folder, { recursive: true })
  }
})
