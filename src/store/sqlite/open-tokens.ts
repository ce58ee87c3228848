import { closeSync, existsSync } from 'node:fs'
import { commit } from './commit.ts'
import { openDatabaseFile, openForReading, openForWriting } from './open-database.ts'
import { readSchemaVersion, SCHEMA_VERSION, UnusableDatabase } from './schema.ts'
import { SqliteTokens, type SqliteTokensTools } from './tokens.ts'
import { DatabaseWriter } from './write.ts'

export interface TokensHandle {
  readonly tokens: SqliteTokens
  close(): void
}

/**
 * The tokens in a database, which is made where there is none: also while a server uses it, by a connection beside its
 * own.
 * @param alone whether no server does
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
  const writing = new DatabaseWriter(database)
  const tokens = new SqliteTokens({
    database,
    clock,
    report,
    write: async (operation) =>
      commit(database, writing, [operation])[0] ?? { kind: 'failed', message: 'there was no outcome' },
  })
  return {
    tokens,
    close: () => {
      tokens.close()
      database.close()
    },
  }
}

/** What a running server reads must stay as it knows it. */
function assertSameSchema(path: string): void {
  const database = openForReading(path)
  try {
    if (readSchemaVersion(database) !== SCHEMA_VERSION)
      throw UnusableDatabase.of(path, 'is in use by an older Snug. Restart that one with this program first.')
  } finally {
    database.close()
  }
}
