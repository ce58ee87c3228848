import { closeSync, existsSync, fsyncSync, linkSync, openSync, rmSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { describeSystemError } from '../../chat/unusable-resource.ts'
import { assertOwnWal, openForReading } from './open-database.ts'
import { COPY_ID, UnusableDatabase } from './schema.ts'

/**
 * Writes a consistent copy of the database to a new file, even while a server writes. The copy contains no deleted
 * text. It is marked as a copy, so that each room begins a new epoch when it is restored.
 * @throws UnusableDatabase if the database can't be read; Error, with a sentence, if the copy can't be written
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
    // Unlike a rename, a link does not replace a file that appeared in the meantime.
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
