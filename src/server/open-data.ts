import type { Clock } from '../chat/ports/clock.ts'
import { UnusableResource } from '../chat/unusable-resource.ts'
import type { Config } from '../config/config.ts'
import { DataFolder } from '../data/folder.ts'
import { generateSessionKeys, type SessionKeys } from '../secrets/session-keys.ts'

/** The session keys of a server, and its data folder. */
export interface OpenedData {
  readonly keys: SessionKeys
  /** Where the keys come from, for the log. */
  readonly keySource: 'settings' | 'folder' | 'memory'
  /** Undefined until data must last. */
  folder: DataFolder | undefined
  /**
   * Creates the folder if it is missing, with the keys that the server started with.
   * @throws UnusableResource
   */
  createFolder(): Promise<DataFolder>
  /** Unlocks the folder for other processes. */
  close(): Promise<void>
}

/** Opens the data folder, if there is one or one was named, and the session keys. The problem is one line. */
export async function openData(
  { data, sessionKeys }: Pick<Config, 'data' | 'sessionKeys'>,
  clock: Clock,
): Promise<OpenedData | { problem: string }> {
  const fresh = generateSessionKeys()
  try {
    const keys = sessionKeys ? undefined : fresh
    const folder = await DataFolder.open(data.path, {
      createIfMissing: data.createIfMissing,
      named: data.createIfMissing,
      keys,
      clock,
    })
    const opened: OpenedData = {
      keys: sessionKeys ?? folder?.keys ?? fresh,
      keySource: sessionKeys ? 'settings' : folder ? 'folder' : 'memory',
      folder,
      createFolder: async () => {
        opened.folder ??= await DataFolder.open(data.path, {
          createIfMissing: true,
          named: data.createIfMissing,
          keys,
          clock,
        })
        if (!opened.folder) throw new UnusableResource(`Can’t make the folder ${data.path}.`)
        opened.folder.assertAttached()
        return opened.folder
      },
      close: async () => {
        await opened.folder?.close()
      },
    }
    return opened
  } catch (error) {
    if (error instanceof UnusableResource) return { problem: error.message }
    throw error
  }
}
