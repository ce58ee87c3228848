import { closeSync, existsSync } from 'node:fs'
import { commit } from '../commit.ts'
import { openDatabaseFile, openForReading, openForWriting } from '../open-database.ts'
import { readSchemaVersion, SCHEMA_VERSION, UnusableDatabase } from '../schema.ts'
import { DatabaseWriter } from '../write.ts'
import { SqliteTokens, type SqliteTokensTools } from './tokens.ts'

/** Tokens, and how to close their database. */
export interface TokensHandle {
  readonly tokens: SqliteTokens
  close(): void
}

/**
 * Opens the tokens in a database, and creates it if necessary. It may be in use by a server: this is another
 * connection.
 * @param alone whether no server uses the database
 * @throws UnusableDatabase
 */
export function openTokens(
  path: string,
  alone: boolean,
  { clock, report }: Pick<SqliteTokensTools, 'clock' | 'report'>,
): TokensHandle {
  if (alone) closeSync(openDatabaseFile(path))
  else if (existsSync(path)) assertSameSchema(path)
  const database = openForWriting(path, clock.now())
  const writer = new DatabaseWriter(database)
  const tokens = new SqliteTokens({
    database,
    clock,
    report,
    write: async (operation) =>
      commit(database, writer, [operation]).results[0] ?? { kind: 'failed', message: 'no result' },
  })
  return {
    tokens,
    close: () => {
      tokens.close()
      database.close()
    },
  }
}

/** Prevents a migration while a running server relies on the schema that it knows. */
function assertSameSchema(path: string): void {
  const database = openForReading(path)
  try {
    if (readSchemaVersion(database) !== SCHEMA_VERSION)
      throw UnusableDatabase.of(path, 'is in use by an older Snug. Restart that one with this program first.')
  } finally {
    database.close()
  }
}
