import { mkdir, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { Clock } from '../chat/ports/clock.ts'
import { describeSystemError, UnusableResource } from '../chat/unusable-resource.ts'
import type { SessionKeys } from '../secrets/session-keys.ts'
import { isMissing } from './folder-in-use.ts'
import { readKeyFile, syncFolder, writeKeyFile } from './key-file.ts'
import { FolderLock } from './lock.ts'

export interface DataFolderOptions {
  /** Whether to make the folder where there is none. */
  readonly createIfMissing: boolean
  /**
   * What this process signs with: written where the folder has no keys yet, so that what was signed stays good.
   * Undefined: the keys are kept elsewhere, and none are looked for or written here.
   */
  readonly keys: SessionKeys | undefined
  readonly clock: Clock
}

/** Where lasting things are kept: one process's alone, from opening to closing. */
export class DataFolder {
  readonly path: string
  /** Those that the folder had, else those that were written; undefined when they are kept elsewhere. */
  readonly keys: SessionKeys | undefined
  readonly #lock: FolderLock

  private constructor(path: string, keys: SessionKeys | undefined, lock: FolderLock) {
    this.path = path
    this.keys = keys
    this.#lock = lock
  }

  /**
   * The folder, locked; undefined where there is none and none is to be made.
   * @throws Unusable when another process has it, or it or its keys can't be used as they are
   */
  static async open(
    path: string,
    { createIfMissing, keys, clock }: DataFolderOptions,
  ): Promise<DataFolder | undefined> {
    if (!(await folderExists(path))) {
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

  close(): Promise<void> {
    return this.#lock.release()
  }
}

async function folderExists(path: string): Promise<boolean> {
  try {
    const found = await stat(path)
    if (!found.isDirectory()) throw new UnusableResource(`${path} is not a folder: data can’t be kept there.`)
    if (process.platform !== 'win32' && (found.mode & 0o002) !== 0) {
      throw new UnusableResource(`Everybody can write to ${path}. Make it private: chmod 700 ${path}`)
    }
    return true
  } catch (error) {
    if (isMissing(error)) return false
    if (error instanceof UnusableResource) throw error
    throw new UnusableResource(`Can’t look into ${path}: ${describeSystemError(error)}.`)
  }
}

async function createPrivateFolder(path: string): Promise<void> {
  try {
    const first = await mkdir(path, { recursive: true, mode: 0o700 })
    // What is kept in it is only as safe as its name.
    for (const parent of new Set([dirname(resolve(path)), dirname(resolve(first ?? path))]))
      await syncFolder(parent)
  } catch (error) {
    throw new UnusableResource(`Can’t make the folder ${path}: ${describeSystemError(error)}.`)
  }
}

async function loadOrWriteKeys(folder: string, keys: SessionKeys): Promise<SessionKeys> {
  const known = await readKeyFile(folder)
  if (known === undefined) await writeKeyFile(folder, keys)
  return known ?? keys
}
