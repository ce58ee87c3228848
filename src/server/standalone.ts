import { LocalBus } from '../bus/local.ts'
import { Refusal } from '../chat/refusal.ts'
import { Unusable } from '../chat/unusable-resource.ts'
import { MemoryDirectory } from '../directory/memory.ts'
import { MemoryLimits } from '../limits/memory.ts'
import { MemoryReplays } from '../one-time-ids/memory.ts'
import { MemoryRoster } from '../roster/memory.ts'
import { OnDemandStore } from '../store/sqlite/lazy-store.ts'
import { OnDemandTokens } from '../store/sqlite/lazy-tokens.ts'
import { isDatabaseIn, SqliteStore } from '../store/sqlite/store.ts'
import { type Adapters, type AdapterTools, rosterTimes } from './adapters.ts'

const CANT_KEEP =
  'This server can’t keep rooms: its data folder can’t be used, and its log says why. You can still make a vanishing room.'

/** Where lasting things are kept. */
export interface Storage {
  /** The data folder, where there is one already. */
  readonly folder: { readonly path: string } | undefined
  /** Makes it, for the first thing that must last. */
  make(): Promise<{ readonly path: string }>
}

/**
 * The adapters of a process that is alone: memory, and SQLite for what must last.
 * @param writer the writing thread's program, as text
 * @throws UnusableDatabase
 */
export async function openEmbedded(
  { config, clock, secrets, report }: AdapterTools,
  data: Storage,
  writer: string,
): Promise<Adapters> {
  const bus = new LocalBus(clock, secrets)
  const open = (folder: string) => SqliteStore.open(folder, { clock, secrets, bus, writer, report })
  const there = data.folder && isDatabaseIn(data.folder.path) ? await open(data.folder.path) : undefined
  const make = async () => {
    try {
      return await open((await data.make()).path)
    } catch (error) {
      if (!(error instanceof Unusable)) throw error
      report(error)
      throw new Refusal('full', CANT_KEEP)
    }
  }
  const store = new OnDemandStore(there, make, () => isDatabaseIn(config.data.path))
  const roster = new MemoryRoster(clock, secrets, rosterTimes(config))
  return {
    bus,
    store,
    tokens: new OnDemandTokens(store),
    roster,
    directory: new MemoryDirectory(clock),
    limits: new MemoryLimits(clock, config.limits),
    replays: new MemoryReplays(clock),
    close: async () => {
      roster.close()
      await store.close()
    },
  }
}
