import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
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

/** Each run has this many rooms at once, which share commits: four thousand interleavings. */
const RUNS = 20
const ROOMS = 200

/** The same for slow readers, who receive what they missed in several pieces. */
const SLOW_RUNS = 10
const SLOW_ROOMS = 20
const MISSES_MUCH: readonly KeptRoomStep[] = [
  { kind: 'open page' },
  { kind: 'time passes' },
  { kind: 'leave', pick: 0 },
  { kind: 'many posts', count: 60 },
  { kind: 'reconnect', pick: 0 },
]

const anyRun = (rooms: number) =>
  fc.record({
    stepsOf: fc.array(fc.array(anyKeptRoomStep, { minLength: 4, maxLength: 24, size: 'max' }), {
      minLength: rooms,
      maxLength: rooms,
    }),
    /** Turns of the event loop after each step, so that commits can end. */
    turns: fc.infiniteStream(fc.constantFrom(0, 0, 1, 3)),
    /** Delays of reads, in turns. */
    delays: fc.infiniteStream(fc.constantFrom(0, 0, 1, 2)),
  })

test('P6: each reader shows the same as a fresh page, however reads, posts, edits, deletions and departures interleave', () =>
  simulateAll(RUNS, ROOMS, ''))

test('P6: each slow reader, who receives what it missed in pieces, shows the same as a fresh page', () =>
  simulateAll(SLOW_RUNS, SLOW_ROOMS, ' and so on'.repeat(400)))

async function simulateAll(runs: number, roomsAtOnce: number, padding: string): Promise<void> {
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
      fc.asyncProperty(anyRun(roomsAtOnce), async ({ stepsOf: randomSteps, turns, delays }) => {
        const stepsOf = padding === '' ? randomSteps : randomSteps.map((steps) => [...MISSES_MUCH, ...steps])
        const store = delayReads(sqlite, () => delays.next().value)
        const waitUntilReady = async () => {
          for (let left = delays.next().value; left > 0; left--) await nextTurn()
        }
        const slowReaders = padding === '' ? undefined : { padding, ready: waitUntilReady }
        const hub = new Hub(bus, store, clock, 60_000, tools)
        const simulations = await Promise.all(
          stepsOf.map(async () => {
            const room = parseSlug(`room-${++rooms}`)
            await store.createRoom(room, { retention: undefined, keep: undefined, listed: false }, 'owner')
            return new KeptRoomSimulation({ store, bus, hub, clock, secrets }, room, slowReaders)
          }),
        )
        for (let at = 0; stepsOf.some((steps) => at < steps.length); at++) {
          for (const [index, simulation] of simulations.entries()) {
            const step = stepsOf[index]?.[at]
            if (step) simulation.run(step)
          }
          for (let left = turns.next().value; left > 0; left--) await nextTurn()
          clock.settle()
        }
        const settle = async () => {
          let before = Math.floor(performance.now())
          do {
            await nextTurn()
            // The clock must not outrun the writer thread: a reader ahead of the feed waits only for a limited time.
            const now = Math.floor(performance.now())
            clock.advance(now - before)
            before = now
          } while (simulations.some((simulation) => simulation.isBusy))
          clock.advance(20)
        }
        await settle()
        for (const simulation of simulations) simulation.reconnectAll()
        await settle()
        for (const simulation of simulations) simulation.run({ kind: 'post' })
        await settle()
        for (const simulation of simulations) await simulation.assertViewsAgree()
        hub.close()
      }),
      // A failure can't be shrunk, because commits do not end in the same turn again.
      { numRuns: runs, endOnFailure: true },
    )
    assert.equal(rooms, runs * roomsAtOnce)
  } finally {
    await sqlite.close()
    await rm(folder, { recursive: true })
  }
}
