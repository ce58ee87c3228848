import type { Config } from './config.ts'
import { copyDatabase } from './store/copy.ts'
import { UnusableDatabase } from './store/schema.ts'
import { databaseIn, isDatabaseIn } from './store/sqlite.ts'

/** Copies what is kept in the data folder to a file, also while a server uses it. */
export function backup({ data }: Pick<Config, 'data'>, file: string): { said: string } | { problem: string } {
  if (!isDatabaseIn(data.path))
    return { problem: `No room is kept in ${data.path}: there is nothing to copy.` }
  try {
    copyDatabase(databaseIn(data.path), file)
    return {
      said: `All kept rooms are in ${file}. To bring them back, stop Snug and put that file in place of ${databaseIn(data.path)}.`,
    }
  } catch (error) {
    if (error instanceof UnusableDatabase) return { problem: `The database in ${data.path} ${error.message}` }
    return { problem: error instanceof Error ? error.message : String(error) }
  }
}
