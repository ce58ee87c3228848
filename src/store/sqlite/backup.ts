import { closeSync, existsSync, fsyncSync, linkSync, openSync, rmSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { describeSystemError } from '../../chat/unusable-resource.ts'
import { assertOwnWal, openForReading } from './open-database.ts'
import { COPY_ID, UnusableDatabase } from './schema.ts'

/**
 * A consistent copy in a file of its own, also while a server writes: without what was deleted, and marked, so that
 * each room begins a new epoch when it is put in place.
 * @throws UnusableDatabase for what can't be read; Error, in a sentence, for what can't be written
 */
export function copyDatabase(from: string, to: string): void {
  if (existsSync(to)) throw new Error(`${to} already exists and is left as it is: name another file.`)
  const unfinished = `${to}.unfinished`
  assertOwnWal(from)
  const source = openForReading(from)
  try {
    rmSync(unfinished, { force: true })
    closeSync(openSync(unfinished, 'wx', 0o600))
    source.prepare('VACUUM INTO ?').run(unfinished)
    markAsCopy(unfinished)
    fsyncPath(unfinished)
    // Unlike renaming, this leaves alone what came there meanwhile.
    linkSync(unfinished, to)
    if (process.platform !== 'win32') fsyncPath(dirname(resolve(to)))
  } catch (error) {
    throw error instanceof UnusableDatabase
      ? error
      : new Error(`Can’t write ${to}: ${describeSystemError(error)}.`)
  } finally {
    source.close()
    rmSync(unfinished, { force: true })
  }
}

function markAsCopy(path: string): void {
  const { DatabaseSync } = process.getBuiltinModule('node:sqlite')
  const copy = new DatabaseSync(path)
  copy.exec(`PRAGMA journal_mode = DELETE; PRAGMA application_id = ${COPY_ID}`)
  copy.close()
}

function fsyncPath(path: string): void {
  const file = openSync(path, 'r')
  fsyncSync(file)
  closeSync(file)
}
