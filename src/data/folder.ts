import { mkdir, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { Clock } from '../chat/ports/clock.ts'
import { describeSystemError, UnusableResource } from '../chat/unusable-resource.ts'
import type { SessionKeys } from '../secrets/session-keys.ts'
import { isMissing } from './folder-in-use.ts'
import { readKeyFile, syncFolder, writeKeyFile } from './key-file.ts'
import { FolderLock } from './lock.ts'

export interface DataFolderOptions {
  /** Whether to create a missing folder. */
  readonly createIfMissing: boolean
  /** Whether the user named the folder. Root may use a named folder of any user. */
  readonly named: boolean
  /**
   * The keys of this process. They are written if the folder has none yet, so that their sessions stay valid.
   * Undefined: the keys are kept elsewhere, and the folder's keys are neither read nor written.
   */
  readonly keys: SessionKeys | undefined
  readonly clock: Clock
}

/** The folder for data that must last. It belongs to one process from `open` to `close`. */
export class DataFolder {
  readonly path: string
  /** The keys in the folder: found there or just written. Undefined if the keys are kept elsewhere. */
  readonly keys: SessionKeys | undefined
  readonly #lock: FolderLock

  private constructor(path: string, keys: SessionKeys | undefined, lock: FolderLock) {
    this.path = path
    this.keys = keys
    this.#lock = lock
  }

  /**
   * Opens and locks the folder.
   * @returns undefined if the folder is missing and is not to be created
   * @throws FolderInUse if another process has it
   * @throws UnusableResource if the folder or its keys can't be used as they are
   */
  static async open(
    path: string,
    { createIfMissing, named, keys, clock }: DataFolderOptions,
  ): Promise<DataFolder | undefined> {
    if (!(await folderExists(path, named))) {
      if (!createIfMissing) return undefined
      await createPrivateFolder(path)
    }
    const lock = await FolderLock.acquire(path, clock)
    try {
      return new DataFolder(path, keys && (await loadOrWriteKeys(path, keys)), lock)
    } catch (error) {
      await lock.release()
      throw error
    }
  }

  /** @throws UnusableResource if another folder is at the path now, which another process may lock */
  assertAttached(): void {
    if (!this.#lock.isAttached)
      throw new UnusableResource(`${this.path} was moved or replaced while Snug uses it: put it back.`)
  }

  close(): Promise<void> {
    return this.#lock.release()
  }
}

async function folderExists(path: string, named: boolean): Promise<boolean> {
  try {
    const stats = await stat(path)
    if (!stats.isDirectory()) throw new UnusableResource(`${path} is not a folder: data can’t be kept there.`)
    if (process.platform !== 'win32' && (stats.mode & 0o002) !== 0) {
      throw new UnusableResource(`Everybody can write to ${path}. Make it private: chmod 700 ${path}`)
    }
    if (!isTrustedOwner(stats.uid, named)) {
      throw new UnusableResource(
        `${path} belongs to another user (uid ${stats.uid}), who could read and change everything in it. ` +
          `Name a folder of your own: --data FOLDER`,
      )
    }
    return true
  } catch (error) {
    if (isMissing(error)) return false
    if (error instanceof UnusableResource) throw error
    throw new UnusableResource(`Can’t access ${path}: ${describeSystemError(error)}.`)
  }
}

// Root can change everything anyway. A container's root, or an operator with sudo, uses the folder of another user, and
// names it; but a Snug that finds a folder where it is started must not take the keys that somebody else left there.
function isTrustedOwner(uid: number, named: boolean): boolean {
  const own = process.geteuid?.()
  return own === undefined || uid === own || uid === 0 || (own === 0 && named)
}

async function createPrivateFolder(path: string): Promise<void> {
  try {
    const firstCreated = await mkdir(path, { recursive: true, mode: 0o700 })
    // The entry of a new folder survives a power cut only if its parent is synced.
    for (const parent of new Set([dirname(resolve(path)), dirname(resolve(firstCreated ?? path))]))
      await syncFolder(parent)
  } catch (error) {
    throw new UnusableResource(`Can’t make the folder ${path}: ${describeSystemError(error)}.`)
  }
}

async function loadOrWriteKeys(folder: string, keys: SessionKeys): Promise<SessionKeys> {
  const stored = await readKeyFile(folder)
  if (stored === undefined) await writeKeyFile(folder, keys)
  return stored ?? keys
}
