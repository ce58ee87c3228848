import type { Clock } from '../chat/ports/clock.ts'
import { Unusable } from '../chat/unusable-resource.ts'
import type { Config } from '../config/config.ts'
import { DataFolder } from '../data/folder.ts'
import { freshKeys, type SessionKeys } from '../secrets/session-keys.ts'

/** What a server begins with. */
export interface Data {
  readonly keys: SessionKeys
  /** Where the keys are, for the log. */
  readonly keptIn: 'settings' | 'folder' | 'memory'
  /** Undefined until something must last. */
  folder: DataFolder | undefined
  /**
   * The folder, made where there was none; with the keys that the server began with.
   * @throws Unusable
   */
  make(): Promise<DataFolder>
  /** Leaves the folder to others. */
  close(): Promise<void>
}

/** The data folder, if there is to be one, and the keys of sessions; or one line on why not. */
export async function openData(
  { data, sessionKeys }: Pick<Config, 'data' | 'sessionKeys'>,
  clock: Clock,
): Promise<Data | { problem: string }> {
  const fresh = freshKeys()
  try {
    const keys = sessionKeys ? undefined : fresh
    const folder = await DataFolder.open(data.path, { make: data.make, keys, clock })
    const opened: Data = {
      keys: sessionKeys ?? folder?.keys ?? fresh,
      keptIn: sessionKeys ? 'settings' : folder ? 'folder' : 'memory',
      folder,
      make: async () => {
        opened.folder ??= await DataFolder.open(data.path, { make: true, keys, clock })
        if (!opened.folder) throw new Unusable(`Can’t make the folder ${data.path}.`)
        return opened.folder
      },
      close: async () => {
        await opened.folder?.close()
      },
    }
    return opened
  } catch (error) {
    if (error instanceof Unusable) return { problem: error.message }
    throw error
  }
}
