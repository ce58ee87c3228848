import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { buildWriter } from '../../../scripts/build.ts'
import type { RoomEvent } from '../../../src/chat/event.ts'
import type { Settings } from '../../../src/chat/kept-room.ts'
import type { Signal } from '../../../src/chat/signal.ts'
import { SqliteStore, type SqliteStoreTools } from '../../../src/store/sqlite/store.ts'
import { TestClock } from '../clock.ts'
import { testSecrets } from '../secrets.ts'

const built = buildWriter()

export const FOREVER: Settings = { retention: undefined, keep: undefined, listed: false }

/** Kept rooms in a folder of their own, what they carried and what went wrong. */
export interface TestStore extends AsyncDisposable {
  readonly store: SqliteStore
  readonly folder: string
  readonly clock: TestClock
  readonly secrets: ReturnType<typeof testSecrets>
  readonly published: RoomEvent[]
  /** The signals that it gave. */
  readonly signals: Signal[]
  readonly reported: unknown[]
  /** As after a restart. */
  reopen(): Promise<SqliteStore>
  close(): Promise<void>
}

/** @param sabotage runs in the writing thread before its program */
export async function openTestStore(sabotage = ''): Promise<TestStore> {
  const folder = await mkdtemp(join(tmpdir(), 'snug-test-'))
  const clock = new TestClock()
  const secrets = testSecrets()
  const published: RoomEvent[] = []
  const signals: Signal[] = []
  const reported: unknown[] = []
  const tools: SqliteStoreTools = {
    clock,
    secrets,
    bus: {
      publish: async (event) => void published.push(event),
      signal: async (_room, signal) => void signals.push(signal),
    },
    writer: `${sabotage}\n${await built}`,
    report: (error) => void reported.push(error),
  }
  let store = await SqliteStore.open(folder, tools)
  const close = async () => {
    await store.close()
    await rm(folder, { recursive: true })
  }
  return {
    get store() {
      return store
    },
    folder,
    clock,
    secrets,
    published,
    signals,
    reported,
    reopen: async () => {
      await store.close()
      store = await SqliteStore.open(folder, tools)
      return store
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

/** One that ends with the test. */
export async function testStore(t: TestContext, sabotage = ''): Promise<TestStore> {
  const under = await openTestStore(sabotage)
  t.after(() => under.close())
  return under
}

/**
 * The names of the folder's files in whose bytes the text stands. Closing them ends this process's locks on them: no
 * other process may use them afterwards.
 */
export async function findDatabaseFilesContaining(folder: string, text: string): Promise<string[]> {
  const found: string[] = []
  for (const name of await readdir(folder)) {
    if ((await readFile(join(folder, name))).includes(text)) found.push(name)
  }
  return found
}
