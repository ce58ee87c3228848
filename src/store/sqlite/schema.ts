import { dirname } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import type { EventKind } from '../../chat/event.ts'
import { UnusableResource } from '../../chat/unusable-resource.ts'

/**
 * The event kinds that the CHECK of the newest schema allows. A new kind needs a migration that widens the constraint,
 * as described in section 7 of SQLite's page on ALTER TABLE.
 */
export const STORED_KINDS: Readonly<Record<EventKind, true>> = { posted: true, edited: true, deleted: true }

/**
 * Each migration turns one version of the schema into the next; the first one starts from an empty file. Statements of
 * a released migration must not change: existing databases are migrated from every version.
 */
const MIGRATIONS: readonly string[] = [
  `
CREATE TABLE rooms (
  id INTEGER PRIMARY KEY,
  slug TEXT NOT NULL UNIQUE,
  -- The epoch of future events. Stored events have their own.
  epoch TEXT NOT NULL,
  seq INTEGER NOT NULL,
  -- The present number of messages.
  messages INTEGER NOT NULL,
  retention INTEGER,
  keep INTEGER,
  listed INTEGER NOT NULL,
  -- NULL if the room was deleted. Its events are then deleted step by step.
  owner TEXT,
  reserved_until INTEGER
) STRICT;

-- A posted event contains the message in its present form. An edited event only points to it.
CREATE TABLE events (
  room INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  epoch TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('posted', 'edited', 'deleted')),
  at INTEGER NOT NULL,
  -- For edited and deleted events: the message.
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

-- Times do not always rise with seq, because a clock may have been set back.
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
  -- The slug, because an operator may make tokens for vanishing rooms too, which have no row.
  room TEXT NOT NULL,
  -- The SHA-256 of the secret.
  imprint TEXT NOT NULL,
  name TEXT NOT NULL,
  scopes TEXT NOT NULL,
  made INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX tokens_room ON tokens (room);
`,
  `
-- Origins separated by blanks, or 'none'. NULL: all that the operator allows.
ALTER TABLE rooms ADD COLUMN embed_origins TEXT;
ALTER TABLE rooms ADD COLUMN embed_secret TEXT;
`,
  `
-- For pages of messages: without it, a room's edits and deletions are read to find the few messages among them.
CREATE INDEX events_posted ON events (room, seq) WHERE kind = 'posted';
`,
  `
-- Of several edits of a message only the newest is kept. No event but an edit points to an existing message.
DELETE FROM events WHERE kind = 'edited'
  AND seq < (SELECT max(later.seq) FROM events later WHERE later.room = events.room AND later.of = events.of);
`,
  `
-- The latest time at which the sweeper ran, by the clock that it trusted. One row, or none yet.
CREATE TABLE clock (id INTEGER PRIMARY KEY CHECK (id = 1), at INTEGER NOT NULL) STRICT;
`,
]

/** The version since when messages have an index of their own. */
export const POSTED_INDEX_VERSION = 4

export const SCHEMA_VERSION = MIGRATIONS.length

/** Thrown for a database that this version of Snug can't use. */
export class UnusableDatabase extends UnusableResource {
  /** @param what completes the sentence that begins with “The database in FOLDER” */
  static of(path: string, what: string): UnusableDatabase {
    return new UnusableDatabase(`The database in ${dirname(path)} ${what}`)
  }
}

/** The application_id in the header of Snug's database: https://sqlite.org/fileformat2.html#application_id */
export const SNUG_ID = 0x534e5547

/** The application_id of a copy until it is restored. Readers may know events that followed the copy. */
export const COPY_ID = 0x534e5542

/**
 * Migrates the database to the newest schema.
 * @param to the version to stop at, for a database as an earlier Snug left it
 * @throws UnusableDatabase if another program or a newer version of Snug wrote the database
 */
export function migrate(database: DatabaseSync, to = SCHEMA_VERSION): void {
  const version = readSchemaVersion(database)
  // A copy stays marked until each of its rooms has begun a new epoch.
  const id = readPragma(database, 'application_id') === COPY_ID ? COPY_ID : SNUG_ID
  for (const [index, statements] of MIGRATIONS.entries()) {
    if (index < version || index >= to) continue
    // One transaction each: if the process dies, the file has either the old version or the new one.
    database.exec(`
      BEGIN IMMEDIATE; ${statements};
      PRAGMA application_id = ${id}; PRAGMA user_version = ${index + 1}; COMMIT`)
  }
}

/**
 * Reads the version of the schema, 0 for an empty database. Changes nothing.
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
