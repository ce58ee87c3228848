import type { DatabaseSync } from 'node:sqlite'

/**
 * Each makes the next version of the schema out of the one before; the first out of an empty file. Never edited once it
 * was released: what is there must find its way from any version.
 */
const MIGRATIONS: readonly string[] = [
  `
CREATE TABLE rooms (
  id INTEGER PRIMARY KEY,
  slug TEXT NOT NULL UNIQUE,
  -- Of the events to come; those that are there have their own.
  epoch TEXT NOT NULL,
  seq INTEGER NOT NULL,
  retention INTEGER,
  keep INTEGER,
  listed INTEGER NOT NULL,
  -- NULL once the room was deleted.
  owner TEXT,
  reserved_until INTEGER
) STRICT;

-- A message stands in its posted event, as it is now. An edited event only points to it.
CREATE TABLE events (
  room INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  epoch TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('posted', 'edited', 'deleted')),
  at INTEGER NOT NULL,
  -- Of edited and deleted events: the message.
  of INTEGER,
  of_epoch TEXT,
  author TEXT,
  name TEXT,
  tag TEXT,
  verified INTEGER,
  text TEXT,
  edited_at INTEGER,
  PRIMARY KEY (room, seq)
) STRICT, WITHOUT ROWID;

CREATE INDEX events_of ON events (room, of) WHERE of IS NOT NULL;

CREATE TABLE keys (
  room INTEGER NOT NULL,
  author TEXT NOT NULL,
  key TEXT NOT NULL,
  seq INTEGER NOT NULL,
  digest TEXT NOT NULL,
  until INTEGER NOT NULL,
  PRIMARY KEY (room, author, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX keys_until ON keys (until);
`,
]

export const SCHEMA_VERSION = MIGRATIONS.length

/** A database that this version of Snug can't use; the message is a sentence for whoever runs it. */
export class UnusableDatabase extends Error {}

/** @throws UnusableDatabase for a version that is newer than this one knows */
export function migrate(database: DatabaseSync): void {
  const found = Number(database.prepare('PRAGMA user_version').get()?.user_version)
  if (found > SCHEMA_VERSION) {
    throw new UnusableDatabase(
      `was written by a newer Snug (version ${found} of its tables; this one knows ${SCHEMA_VERSION}). Start that one.`,
    )
  }
  for (const [index, statements] of MIGRATIONS.entries()) {
    if (index < found) continue
    // A transaction each: whatever ends the process, the file is of one version or the next.
    database.exec(`BEGIN IMMEDIATE; ${statements}; PRAGMA user_version = ${index + 1}; COMMIT`)
  }
}
