import { join } from 'node:path'
import { openForWriting } from '../../../src/store/sqlite/open-database.ts'

const EPOCH = 'bench'

/**
 * Creates kept rooms with messages in a data folder.
 * @param rooms the number of messages by slug
 */
export function fillRooms(folder: string, rooms: Readonly<Record<string, number>>): void {
  const database = openForWriting(join(folder, 'rooms.db'), Date.now())
  const room = database.prepare(
    `INSERT INTO rooms (slug, epoch, seq, messages, listed, owner) VALUES (?, '${EPOCH}', ?, ?, 0, 'nobody')`,
  )
  const fill = database.prepare(`
    WITH RECURSIVE numbers (n) AS (SELECT 1 WHERE ?2 > 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?2)
    INSERT INTO events (room, seq, epoch, kind, at, author, name, tag, verified, text)
    SELECT ?1, n, '${EPOCH}', 'posted', ?3 + n, 'nobody', 'Quiet Otter', 'abc123', 0, 'This is message number ' || n
    FROM numbers`)
  database.exec('BEGIN')
  for (const [slug, messages] of Object.entries(rooms)) {
    const { lastInsertRowid } = room.run(slug, messages, messages)
    fill.run(Number(lastInsertRowid), messages, Date.now() - messages)
  }
  database.exec('COMMIT')
  database.close()
}
