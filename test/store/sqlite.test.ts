import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildWriter } from '../../scripts/build.ts'
import type { RoomEvent } from '../../src/chat/event.ts'
import { SqliteStore } from '../../src/store/sqlite.ts'
import { storeContract } from '../contracts/store.ts'
import { TestClock } from '../support/clock.ts'
import { ADA, LOBBY } from '../support/events.ts'
import { testSecrets } from '../support/secrets.ts'

const writer = buildWriter()

storeContract('the store in SQLite', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'snug-test-'))
  const clock = new TestClock()
  const secrets = testSecrets()
  const carried: RoomEvent[] = []
  const bus = { carry: async (event: RoomEvent) => void carried.push(event) }
  const report = (error: unknown) => {
    throw error
  }
  const open = async () => SqliteStore.open(folder, { clock, secrets, bus, writer: await writer, report })
  let store = await open()
  const use = { by: secrets.digest('by', LOBBY, ADA.id) }
  return {
    store,
    carried,
    by: use,
    pass: async (ms) => clock.advance(ms),
    reopen: async () => {
      await store.close()
      store = await open()
      return store
    },
    close: async () => {
      await store.close()
      await rm(folder, { recursive: true })
    },
  }
})
