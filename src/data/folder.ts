import { mkdir, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { Clock } from '../chat/ports/clock.ts'
import { reason, Unusable } from '../chat/unusable-resource.ts'
import type { SessionKeys } from '../secrets/session-keys.ts'
import { isMissing } from './folder-in-use.ts'
import { readKeyFile, syncFolder, writeKeyFile } from './key-file.ts'
import { Lock } from './lock.ts'

export interface DataFolderOptions {
  /** Whether to make the folder where there is none. */
  readonly make: boolean
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
  readonly #lock: Lock

  private constructor(path: string, keys: SessionKeys | undefined, lock: Lock) {
    this.path = path
    this.keys = keys
    this.#lock = lock
  }

  /**
   * The folder, locked; undefined where there is none and none is to be made.
   * @throws Unusable when another process has it, or it or its keys can't be used as they are
   */
  static async open(path: string, { make, keys, clock }: DataFolderOptions): Promise<DataFolder | undefined> {
    if (!(await isThere(path))) {
      if (!make) return undefined
      await makePrivate(path)
    }
    const lock = await Lock.take(path, clock)
    try {
      return new DataFolder(path, keys && (await keep(path, keys)), lock)
    } catch (error) {
      await lock.release()
      throw error
    }
  }

  close(): Promise<void> {
    return this.#lock.release()
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    const found = await stat(path)
    if (!found.isDirectory()) throw new Unusable(`${path} is not a folder: data can’t be kept there.`)
    if (process.platform !== 'win32' && (found.mode & 0o002) !== 0) {
      throw new Unusable(`Everybody can write to ${path}. Make it private: chmod 700 ${path}`)
    }
    return true
  } catch (error) {
    if (isMissing(error)) return false
    if (error instanceof Unusable) throw error
    throw new Unusable(`Can’t look into ${path}: ${reason(error)}.`)
  }
}

async function makePrivate(path: string): Promise<void> {
  try {
    const first = await mkdir(path, { recursive: true, mode: 0o700 })
    // What is kept in it is only as safe as its name.
    for (const parent of new Set([dirname(resolve(path)), dirname(resolve(first ?? path))]))
      await syncFolder(parent)
  } catch (error) {
    throw new Unusable(`Can’t make the folder ${path}: ${reason(error)}.`)
  }
}

async function keep(folder: string, keys: SessionKeys): Promise<SessionKeys> {
  const known = await readKeyFile(folder)
  if (known === undefined) await writeKeyFile(folder, keys)
  return known ?? keys
}
