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
