import type { Clock } from '../chat/ports/clock.ts'
import type { Config } from '../config/config.ts'
import { copyDatabase } from '../store/sqlite/backup.ts'
import { databaseExists, databasePath } from '../store/sqlite/store.ts'
import type { CommandResult } from './result.ts'

/** Copies all kept rooms of the data folder to a file. A server may be using the folder. */
export function backup({ data }: Pick<Config, 'data'>, file: string, clock: Clock): CommandResult {
  if (!databaseExists(data.path))
    return { problem: `No room is kept in ${data.path}: there is nothing to copy.` }
  try {
    copyDatabase(databasePath(data.path), file, clock.now())
    return {
      stdout: `All kept rooms are in ${file}. To bring them back, stop Snug and put that file in place of ${databasePath(data.path)}.`,
    }
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) }
  }
}
