import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import fc from 'fast-check'
import { buildWriter } from '../../../scripts/build.ts'
import { LocalBus } from '../../../src/bus/local.ts'
import { FanOut } from '../../../src/chat/delivery/fan-out.ts'
import { Hub } from '../../../src/chat/delivery/hub.ts'
import { parseSlug } from '../../../src/chat/room.ts'
import { encoders } from '../../../src/frames/encoders.ts'
import { SqliteStore } from '../../../src/store/sqlite/store.ts'
import { TestClock } from '../../support/clock.ts'
import { testSecrets } from '../../support/secrets.ts'
import {
  anyKeptRoomStep,
  KeptRoomSimulation,
  type KeptRoomStep,
} from '../../support/store/kept-room-simulation.ts'
import { delayReads } from './delay-reads.ts'

/** So many times so many rooms at once, which share their commits: ten thousand interleavings. */
const RUNS = 50
const ROOMS = 200

/** As many of readers who take their time, of whom each is brought what it missed in several pieces. */
const SLOW_RUNS = 10
const SLOW_ROOMS = 20
const MISSES_MUCH: readonly KeptRoomStep[] = [
  { kind: 'come' },
  { kind: 'time passes' },
  { kind: 'leave', pick: 0 },
  { kind: 'many posts', count: 60 },
  { kind: 'come back', pick: 0 },
]

const anyRun = (rooms: number) =>
  fc.record({
    stepsOf: fc.array(fc.array(anyKeptRoomStep, { minLength: 4, maxLength: 24, size: 'max' }), {
      minLength: rooms,
      maxLength: rooms,
    }),
    /** Turns of the loop after each step, in which commits end. */
    turns: fc.infiniteStream(fc.constantFrom(0, 0, 1, 3)),
    /** Turns by which readings are late. */
    late: fc.infiniteStream(fc.constantFrom(0, 0, 1, 2)),
  })

test('however reading, posting, editing, deleting and leaving interleave, each reader shows what a fresh page does', () =>
  playAll(RUNS, ROOMS, ''))

test('so does each that takes what it missed piece by piece', () =>
  playAll(SLOW_RUNS, SLOW_ROOMS, ' and so on'.repeat(400)))

async function playAll(runs: number, roomsAtOnce: number, padding: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'snug-test-'))
  const clock = new TestClock()
  const secrets = testSecrets()
  const bus = new LocalBus(clock, secrets)
  const report = (error: unknown) => {
    throw error
  }
  const sqlite = await SqliteStore.open(folder, { clock, secrets, bus, writer: await buildWriter(), report })
  const tools = {
    encoders,
    encodeChunk: (text: string) => text,
    fanOut: new FanOut(clock),
    retryMs: () => 1500,
    end: () => {},
  }
  let rooms = 0
  try {
    await fc.assert(
      fc.asyncProperty(anyRun(roomsAtOnce), async ({ stepsOf: any, turns, late }) => {
        const stepsOf = padding === '' ? any : any.map((steps) => [...MISSES_MUCH, ...steps])
        const store = delayReads(sqlite, () => late.next().value)
        const ready = async () => {
          for (let left = late.next().value; left > 0; left--) await turn()
        }
        const slowness = padding === '' ? undefined : { padding, ready }
        const hub = new Hub(bus, store, clock, 60_000, tools)
        const plays = await Promise.all(
          stepsOf.map(async () => {
            const room = parseSlug(`room-${++rooms}`)
            await store.createRoom(room, { retention: undefined, keep: undefined, listed: false }, 'owner')
            return new KeptRoomSimulation({ store, bus, hub, clock, secrets }, room, slowness)
          }),
        )
        for (let at = 0; stepsOf.some((steps) => at < steps.length); at++) {
          for (const [index, play] of plays.entries()) {
            const step = stepsOf[index]?.[at]
            if (step) play.run(step)
          }
          for (let left = turns.next().value; left > 0; left--) await turn()
          clock.settle()
        }
        const settle = async () => {
          let before = Math.floor(performance.now())
          do {
            await turn()
            // No faster than the writing thread's time: whoever is ahead of the feed waits for its news only so long.
            const now = Math.floor(performance.now())
            clock.advance(now - before)
            before = now
          } while (plays.some((play) => play.isBusy))
          clock.advance(20)
        }
        await settle()
        for (const play of plays) play.reconnectAll()
        await settle()
        for (const play of plays) play.run({ kind: 'post' })
        await settle()
        for (const play of plays) await play.assertViewsAgree()
        hub.close()
      }),
      // Which turn a commit ends in is not repeated exactly: there is nothing to shrink by.
      { numRuns: runs, endOnFailure: true },
    )
    assert.equal(rooms, runs * roomsAtOnce)
  } finally {
    await sqlite.close()
    await rm(folder, { recursive: true })
  }
}
