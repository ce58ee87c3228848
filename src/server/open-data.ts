import type { Clock } from '../chat/ports/clock.ts'
import { UnusableResource } from '../chat/unusable-resource.ts'
import type { Config } from '../config/config.ts'
import { DataFolder } from '../data/folder.ts'
import { generateSessionKeys, type SessionKeys } from '../secrets/session-keys.ts'

/** What a server begins with. */
export interface OpenedData {
  readonly keys: SessionKeys
  /** Where the keys are, for the log. */
  readonly keySource: 'settings' | 'folder' | 'memory'
  /** Undefined until something must last. */
  folder: DataFolder | undefined
  /**
   * The folder, made where there was none; with the keys that the server began with.
   * @throws Unusable
   */
  createFolder(): Promise<DataFolder>
  /** Leaves the folder to others. */
  close(): Promise<void>
}

/** The data folder, if there is to be one, and the keys of sessions; or one line on why not. */
export async function openData(
  { data, sessionKeys }: Pick<Config, 'data' | 'sessionKeys'>,
  clock: Clock,
): Promise<OpenedData | { problem: string }> {
  const fresh = generateSessionKeys()
  try {
    const keys = sessionKeys ? undefined : fresh
    const folder = await DataFolder.open(data.path, { createIfMissing: data.createIfMissing, keys, clock })
    const opened: OpenedData = {
      keys: sessionKeys ?? folder?.keys ?? fresh,
      keySource: sessionKeys ? 'settings' : folder ? 'folder' : 'memory',
      folder,
      createFolder: async () => {
        opened.folder ??= await DataFolder.open(data.path, { createIfMissing: true, keys, clock })
        if (!opened.folder) throw new UnusableResource(`Can’t make the folder ${data.path}.`)
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
