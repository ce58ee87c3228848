import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { buildWriter } from '../../../scripts/build.ts'
import { epochAt, type RoomEvent } from '../../../src/chat/event.ts'
import type { Settings } from '../../../src/chat/kept-room.ts'
import type { Signal } from '../../../src/chat/signal.ts'
import { SqliteStore, type SqliteStoreTools } from '../../../src/store/sqlite/store.ts'
import { TestClock } from '../clock.ts'
import { testSecrets } from '../secrets.ts'

const built = buildWriter()

export const FOREVER: Settings = { retention: undefined, keep: undefined, listed: false }

/** A store in a folder of its own, with the events that it published and the errors that it reported. */
export interface TestStore extends AsyncDisposable {
  readonly store: SqliteStore
  readonly folder: string
  readonly clock: TestClock
  readonly secrets: ReturnType<typeof testSecrets>
  readonly published: RoomEvent[]
  /** The signals that it sent. */
  readonly signals: Signal[]
  readonly reported: unknown[]
  /** Closes the store and opens it again, as after a restart. */
  reopen(): Promise<SqliteStore>
  close(): Promise<void>
}

/** @param sabotage JavaScript that runs in the writer thread before its program */
export async function openTestStore(sabotage = '', maxBytes?: number): Promise<TestStore> {
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
      top: async () => ({ epoch: epochAt(clock.now()), seq: 0 }),
    },
    writer: `${sabotage}\n${await built}`,
    maxBytes,
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

/** Opens a store that is closed after the test. */
export async function testStore(t: TestContext, sabotage = '', maxBytes?: number): Promise<TestStore> {
  const store = await openTestStore(sabotage, maxBytes)
  t.after(() => store.close())
  return store
}

/**
 * Finds the files of the folder that contain the text in their bytes. Reading a file ends the locks of this process on
 * it: no other process may use it afterwards.
 */
export async function findDatabaseFilesContaining(folder: string, text: string): Promise<string[]> {
  const found: string[] = []
  for (const name of await readdir(folder)) {
    if ((await readIfPresent(join(folder, name))).includes(text)) found.push(name)
  }
  return found
}

// The store makes a file for a moment to see whether the disk works.
async function readIfPresent(path: string): Promise<Buffer> {
  try {
    return await readFile(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return Buffer.alloc(0)
    throw error
  }
}
