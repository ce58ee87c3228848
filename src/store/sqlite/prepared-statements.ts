import type { DatabaseSync, StatementSync } from 'node:sqlite'

/** Prepared statements by name. */
export type PreparedStatements<Sql> = { readonly [Name in keyof Sql]: StatementSync }

export function prepareStatements<Sql extends Readonly<Record<string, string>>>(
  database: DatabaseSync,
  sql: Sql,
): PreparedStatements<Sql> {
  const statements = Object.entries(sql).map(([name, text]) => [name, database.prepare(text)])
  return Object.fromEntries(statements) as PreparedStatements<Sql>
}
