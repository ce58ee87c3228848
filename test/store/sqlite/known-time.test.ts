import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { buildWriter } from '../../../scripts/build.ts'
import { epochAt } from '../../../src/chat/event.ts'
import { parseDraft } from '../../../src/chat/message.ts'
import { tokenId } from '../../../src/chat/token.ts'
import { SqliteStore } from '../../../src/store/sqlite/store.ts'
import { TestClock } from '../../support/clock.ts'
import { ADA, AUTHOR, LOBBY } from '../../support/events.ts'
import { eventually } from '../../support/eventually.ts'
import { testSecrets } from '../../support/secrets.ts'

const DAY_MS = 86_400_000
const NOW = Date.UTC(2026, 10, 22, 17)
const built = buildWriter()

interface Run {
  readonly store: SqliteStore
  readonly clock: TestClock
  readonly reported: string[]
  /** Resolves when a sweep that is due has ended. */
  sweep(): Promise<void>
}

/** Runs a server's store on one folder, with a clock of its own in each run. */
async function runsOf(t: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), 'snug-test-'))
  t.after(() => rm(folder, { recursive: true }))
  const inspect = (sql: string) => {
    const database = new DatabaseSync(join(folder, 'rooms.db'), { readOnly: true })
    try {
      return Number(Object.values(database.prepare(sql).get() ?? {})[0])
    } finally {
      database.close()
    }
  }
  const stored = () => inspect('SELECT count(*) FROM events')
  const run = async (now: number, act: (run: Run) => Promise<void>, acceptClock = false) => {
    const clock = new TestClock(now)
    const reported: string[] = []
    const store = await SqliteStore.open(folder, {
      clock,
      secrets: testSecrets(),
      bus: {
        publish: async () => {},
        signal: async () => {},
        top: async () => ({ epoch: epochAt(now), seq: 0 }),
      },
      writer: await built,
      acceptClock,
      report: (error) => void reported.push(String(error)),
    })
    // A write that is queued behind a sweep ends after it.
    const sweep = async () => {
      clock.advance(30_000)
      await store.tokens.revoke(tokenId('none'))
    }
    try {
      clock.advance(1)
      await sweep()
      await act({ store, clock, reported, sweep })
    } finally {
      await store.close()
    }
  }
  return { run, stored, recorded: () => inspect('SELECT at FROM clock') }
}

async function makeRoom({ store }: Run, retention = 30 * DAY_MS): Promise<void> {
  await store.createRoom(LOBBY, { retention, keep: undefined, listed: false }, 'owner')
  await store.append(LOBBY, ADA, AUTHOR, parseDraft({ text: 'hello' }))
}

test('a start with a clock a year ahead deletes nothing and says so, and the right clock shows everything', async (t) => {
  const { run, stored } = await runsOf(t)
  await run(NOW, makeRoom)
  for (let start = 0; start < 2; start++) {
    await run(NOW + 365 * DAY_MS, async ({ reported, sweep, clock }) => {
      for (let sweeps = 0; sweeps < 5; sweeps++) await sweep()
      assert.equal(stored(), 1)
      assert.equal(reported.length, 1)
      assert.match(reported[0] ?? '', /2027-11-22.*last in use on 2026-11-22.*--accept-clock/)
      clock.advance(DAY_MS)
      await sweep()
      assert.equal(reported.length, 1, 'said once')
    })
  }
  await run(NOW + DAY_MS, async ({ store, reported, sweep }) => {
    await sweep()
    const top = await store.top(LOBBY)
    assert.equal((await store.readEvents(LOBBY, { ...top, seq: 0 }, top, 10)).length, 1)
    assert.deepEqual([stored(), reported], [1, []])
  })
})

test('messages expire at the usual pace while the clock is held, and at once if it is accepted', async (t) => {
  const { run, stored } = await runsOf(t)
  await run(NOW, (first) => makeRoom(first))
  await run(NOW + 365 * DAY_MS, async ({ clock, sweep }) => {
    clock.advance(29 * DAY_MS)
    await sweep()
    assert.equal(stored(), 1)
    clock.advance(2 * DAY_MS)
    await eventually(async () => {
      await sweep()
      assert.equal(stored(), 0)
    })
  })
  const accepted = await runsOf(t)
  await accepted.run(NOW, (first) => makeRoom(first))
  await accepted.run(
    NOW + 365 * DAY_MS,
    async ({ reported, sweep }) => {
      await eventually(async () => {
        await sweep()
        assert.equal(accepted.stored(), 0)
      })
      assert.deepEqual(reported, [])
    },
    true,
  )
  // Accepted once, the time is known.
  await accepted.run(NOW + 366 * DAY_MS, async ({ reported }) => assert.deepEqual(reported, []))
})

test('a server that was off for a few days, or that loses nothing, starts as usual', async (t) => {
  const { run, stored } = await runsOf(t)
  await run(NOW, (first) => makeRoom(first, DAY_MS))
  await run(NOW + 6 * DAY_MS, async ({ reported, sweep }) => {
    await eventually(async () => {
      await sweep()
      assert.equal(stored(), 0)
    })
    assert.deepEqual(reported, [])
  })
  await run(NOW + 400 * DAY_MS, async ({ reported }) => assert.deepEqual(reported, []))
})

test('a clock that is behind for a while does not make the right time look like a jump', async (t) => {
  const { run, recorded } = await runsOf(t)
  await run(NOW, (first) => makeRoom(first))
  const before = recorded()
  await run(0, async ({ sweep }) => sweep())
  assert.equal(recorded(), before)
  await run(NOW + 31 * DAY_MS - DAY_MS / 2 - 24 * DAY_MS, async ({ reported }) =>
    assert.deepEqual(reported, []),
  )
})
