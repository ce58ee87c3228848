import { LocalBus } from '../bus/local.ts'
import { Refusal } from '../chat/refusal.ts'
import { UnusableResource } from '../chat/unusable-resource.ts'
import { lockPath } from '../data/lock.ts'
import { MemoryDirectory } from '../directory/memory.ts'
import { MemoryLimits } from '../limits/memory.ts'
import { MemoryOneTimeIds } from '../one-time-ids/memory.ts'
import { MemoryRoster } from '../roster/memory.ts'
import { LazyStore } from '../store/sqlite/lazy-store.ts'
import { databaseExists, SqliteStore } from '../store/sqlite/store.ts'
import { LazyTokens } from '../store/sqlite/tokens/lazy-tokens.ts'
import { type Adapters, type AdapterTools, rosterTimes } from './adapters.ts'

const CANNOT_KEEP_ROOMS =
  'This server can’t keep rooms: its data folder can’t be used, and its log says why. You can still make a vanishing room.'

/** A data folder that is created when something must last. */
export interface LazyDataFolder {
  /** Undefined until the folder exists. */
  readonly folder: { readonly path: string } | undefined
  /** Creates the folder. */
  createFolder(): Promise<{ readonly path: string }>
}

/**
 * Opens the adapters of a single process: memory, and SQLite for data that must last.
 * @param writer the source of the worker thread that writes to the database
 * @throws UnusableDatabase
 */
export async function openStandalone(
  { config, clock, secrets, report, onDisk }: AdapterTools,
  data: LazyDataFolder,
  writer: string,
): Promise<Adapters> {
  const bus = new LocalBus(clock, secrets)
  const { maxData: maxBytes, acceptClock } = config
  const open = (folder: string) => {
    const guarded = [lockPath(folder)]
    return SqliteStore.open(folder, {
      clock,
      secrets,
      bus,
      writer,
      maxBytes,
      acceptClock,
      report,
      onDisk,
      guarded,
    })
  }
  const existing = data.folder && databaseExists(data.folder.path) ? await open(data.folder.path) : undefined
  const create = async () => {
    try {
      return await open((await data.createFolder()).path)
    } catch (error) {
      if (!(error instanceof UnusableResource)) throw error
      report(error)
      throw new Refusal('full', CANNOT_KEEP_ROOMS)
    }
  }
  const store = new LazyStore(existing, create, () => databaseExists(config.data.path))
  const roster = new MemoryRoster(clock, secrets, rosterTimes(config))
  return {
    bus,
    store,
    tokens: new LazyTokens(store),
    roster,
    directory: new MemoryDirectory(clock),
    visitedRooms: undefined,
    limits: new MemoryLimits(clock, config.limits),
    oneTimeIds: new MemoryOneTimeIds(clock),
    problem: () => store.problem,
    isWriting: () => store.isCommitting,
    close: async () => {
      roster.close()
      await store.close()
    },
  }
}
