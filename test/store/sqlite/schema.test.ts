import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { EVENT_KINDS } from '../../../src/chat/event.ts'
import { migrate, STORED_KINDS } from '../../../src/store/sqlite/schema.ts'

test('the newest schema allows every kind of event and no other', (t) => {
  const database = new DatabaseSync(':memory:')
  t.after(() => database.close())
  migrate(database)
  const insert = database.prepare(
    "INSERT INTO events (room, seq, epoch, kind, at) VALUES (1, (SELECT count(*) FROM events), 'a', ?, 1)",
  )
  for (const kind of EVENT_KINDS) insert.run(kind)
  assert.throws(() => insert.run('unheard-of'), /CHECK/)
  assert.deepEqual(Object.keys(STORED_KINDS).sort(), [...EVENT_KINDS].sort())
})

test('of several edits of a message, a migration keeps the newest, and the deletions', (t) => {
  const database = new DatabaseSync(':memory:')
  t.after(() => database.close())
  migrate(database, 3)
  const insert = database.prepare(
    "INSERT INTO events (room, seq, epoch, kind, at, of, of_epoch) VALUES (?, ?, 'a', ?, 1, ?, 'a')",
  )
  for (const room of [1, 2]) {
    insert.run(room, 1, 'posted', null)
    for (let seq = 2; seq < 20; seq++) insert.run(room, seq, 'edited', 1)
    insert.run(room, 20, 'deleted', 99)
  }
  migrate(database)
  const rows = database.prepare('SELECT room, seq FROM events ORDER BY room, seq').all()
  assert.deepEqual(
    rows.map(({ room, seq }) => [room, seq]),
    [1, 2].flatMap((room) => [1, 19, 20].map((seq) => [room, seq])),
  )
})
