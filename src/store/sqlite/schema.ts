import { dirname } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import type { EventKind } from '../../chat/event.ts'
import { UnusableResource } from '../../chat/unusable-resource.ts'

/**
 * The event kinds that the newest schema's CHECK admits. A new kind needs a migration that widens it, as SQLite's page on
 * ALTER TABLE (section 7) describes for constraints.
 */
export const STORED_KINDS: Readonly<Record<EventKind, true>> = { posted: true, edited: true, deleted: true }

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
  -- How many there are now.
  messages INTEGER NOT NULL,
  retention INTEGER,
  keep INTEGER,
  listed INTEGER NOT NULL,
  -- NULL once the room was deleted; what was said in it is deleted from then on, step by step.
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

-- A clock may have been set back, so that times need not rise with the numbers.
CREATE INDEX events_at ON events (room, at);

CREATE TABLE keys (
  room INTEGER NOT NULL,
  author TEXT NOT NULL,
  key TEXT NOT NULL,
  epoch TEXT NOT NULL,
  seq INTEGER NOT NULL,
  digest TEXT NOT NULL,
  until INTEGER NOT NULL,
  PRIMARY KEY (room, author, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX keys_until ON keys (until);
`,
  `
CREATE TABLE tokens (
  id TEXT PRIMARY KEY,
  -- Of kept rooms and, where the operator made it, of vanishing ones: so by its name.
  room TEXT NOT NULL,
  -- Of the secret: its SHA-256.
  imprint TEXT NOT NULL,
  name TEXT NOT NULL,
  scopes TEXT NOT NULL,
  made INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX tokens_room ON tokens (room);
`,
  `
-- With blanks between them, or none; NULL: as the operator lets.
ALTER TABLE rooms ADD COLUMN embed_origins TEXT;
ALTER TABLE rooms ADD COLUMN embed_secret TEXT;
`,
]

export const SCHEMA_VERSION = MIGRATIONS.length

/** A database that can't be used, or not by this version of Snug. */
export class UnusableDatabase extends UnusableResource {
  /** @param what ends the sentence that begins with where the database is */
  static of(path: string, what: string): UnusableDatabase {
    return new UnusableDatabase(`The database in ${dirname(path)} ${what}`)
  }
}

/** The application_id in the header of Snug's database: https://sqlite.org/fileformat2.html#application_id */
export const SNUG_ID = 0x534e5547

/** That of a copy, until it is put in place: what happened after it was made may have been told to readers. */
export const COPY_ID = 0x534e5542

/**
 * @param to the version to stop at: as an earlier Snug left it
 * @throws UnusableDatabase for what another program or a newer version wrote
 */
export function migrate(database: DatabaseSync, to = SCHEMA_VERSION): void {
  const found = readSchemaVersion(database)
  // What is a copy stays one until each of its rooms has begun anew.
  const id = readPragma(database, 'application_id') === COPY_ID ? COPY_ID : SNUG_ID
  for (const [index, statements] of MIGRATIONS.entries()) {
    if (index < found || index >= to) continue
    // A transaction each: whatever ends the process, the file is of one version or the next.
    database.exec(`
      BEGIN IMMEDIATE; ${statements};
      PRAGMA application_id = ${id}; PRAGMA user_version = ${index + 1}; COMMIT`)
  }
}

/**
 * The version of the tables, 0 for an empty database. Changes nothing.
 * @throws UnusableDatabase as `migrate`
 */
export function readSchemaVersion(database: DatabaseSync): number {
  const path = database.location() ?? ''
  const id = readPragma(database, 'application_id')
  const version = readPragma(database, 'user_version')
  const isEmpty = database.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() === undefined
  if (id !== SNUG_ID && id !== COPY_ID && !(id === 0 && isEmpty)) {
    throw UnusableDatabase.of(
      path,
      'belongs to another program. Move it away, or name another folder: --data FOLDER',
    )
  }
  if (version > SCHEMA_VERSION) {
    throw UnusableDatabase.of(
      path,
      `was written by a newer Snug (version ${version} of its tables; this one knows ${SCHEMA_VERSION}). Use that one.`,
    )
  }
  return version
}

export function readPragma(database: DatabaseSync, name: string): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()?.[name])
}
