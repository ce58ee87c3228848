import type { DatabaseSync } from 'node:sqlite'
import type { EventId, Posted, RoomEvent } from '../../chat/event.ts'
import type { HistoryPage, HistoryQuery } from '../../chat/ports/store.ts'
import type { Slug } from '../../chat/room.ts'
import { type PreparedStatements, prepareStatements } from './prepared-statements.ts'
import { type Row, readEvent, readPosted } from './rows.ts'

// The plus keeps the planner from the index of times, which would have to be sorted by seq.
const POSTED = "room = ? AND kind = 'posted' AND +at > ?"

const SQL = {
  rooms: 'SELECT * FROM rooms',
  room: 'SELECT * FROM rooms WHERE slug = ?',
  top: 'SELECT epoch, seq FROM rooms WHERE id = ?',
  reaches: 'SELECT 1 FROM events WHERE room = ? AND epoch = ? AND seq >= ? LIMIT 1',
  rows: `SELECT * FROM events WHERE room = ? AND seq > ? AND seq <= ? AND (kind <> 'posted' OR at > ?)
    ORDER BY seq LIMIT ?`,
  between: `
    SELECT e.*, m.at AS m_at, m.epoch AS m_epoch, m.name AS m_name, m.tag AS m_tag, m.verified AS m_verified,
      m.text AS m_text, m.edited_at AS m_edited_at
    FROM events e LEFT JOIN events m ON e.kind = 'edited' AND m.room = e.room AND m.seq = e.of
    WHERE e.room = ? AND e.seq > ? AND e.seq <= ?
      AND CASE e.kind WHEN 'posted' THEN e.at > ?4 WHEN 'edited' THEN m.at > ?4 ELSE 1 END
    ORDER BY e.seq LIMIT ?5`,
  newest: `SELECT * FROM events WHERE ${POSTED} ORDER BY seq DESC LIMIT ?`,
  before: `SELECT * FROM events WHERE ${POSTED} AND seq < ? ORDER BY seq DESC LIMIT ?`,
  after: `SELECT * FROM events WHERE ${POSTED} AND seq > ? ORDER BY seq LIMIT ?`,
  one: `SELECT * FROM events WHERE ${POSTED} AND seq = ? AND epoch = ?`,
} as const

/** A room as it is known to the queries: its number, and from when on its messages last. */
export interface RoomScope {
  readonly id: number
  readonly slug: Slug
  /** Milliseconds since 1970; what is as old or older is over. */
  readonly since: number
}

/** What the server reads: on a connection of its own, which never waits for writing. */
export class DatabaseReader {
  readonly #database: DatabaseSync
  readonly #statements: PreparedStatements<typeof SQL>

  constructor(database: DatabaseSync) {
    this.#database = database
    this.#statements = prepareStatements(database, SQL)
  }

  rooms(): Record<string, unknown>[] {
    return this.#statements.rooms.all()
  }

  room(slug: Slug): Record<string, unknown> | undefined {
    return this.#statements.room.get(slug)
  }

  top({ id }: RoomScope): EventId {
    const row = this.#statements.top.get(id)
    return { epoch: String(row?.epoch), seq: Number(row?.seq) }
  }

  /** Whether the history holds an event of this epoch at or after the number. */
  hasEventFrom({ id }: RoomScope, { epoch, seq }: EventId): boolean {
    return this.#statements.reaches.get(id, epoch, seq) !== undefined
  }

  /** Events as they stand there, in the order of seq. */
  eventRows({ id, since }: RoomScope, messagesAfter: number, upTo: number, limit: number): Row[] {
    return this.#statements.rows.all(id, messagesAfter, upTo, since, limit)
  }

  between({ id, slug, since }: RoomScope, messagesAfter: number, upTo: number, limit: number): RoomEvent[] {
    return this.#statements.between
      .all(id, messagesAfter, upTo, since, limit)
      .map((row) => readEvent(slug, row))
  }

  page(room: RoomScope, of: HistoryQuery, limit: number): HistoryPage {
    // One moment for all that is read: the page's cursor stands right after its newest message.
    this.#database.exec('BEGIN')
    try {
      return { ...this.#pageMessages(room, of, limit), top: this.top(room) }
    } finally {
      this.#database.exec('COMMIT')
    }
  }

  message(
    { id, slug, since }: RoomScope,
    { epoch, seq }: EventId,
  ): { posted: Posted; by: string | undefined } | undefined {
    const row = this.#statements.one.get(id, since, seq, epoch)
    return row && { posted: readPosted(slug, row), by: row.author === null ? undefined : String(row.author) }
  }

  /** Messages after a number, oldest first. */
  messagesAfter({ id, slug, since }: RoomScope, seq: number, limit: number): Posted[] {
    return this.#statements.after.all(id, since, seq, limit).map((row) => readPosted(slug, row))
  }

  close(): void {
    this.#database.close()
  }

  #pageMessages(room: RoomScope, of: HistoryQuery, limit: number): Omit<HistoryPage, 'top'> {
    switch (of.kind) {
      case 'newest':
        return { ...this.#messagesBefore(room, undefined, limit), newer: false }
      case 'before':
        return { ...this.#messagesBefore(room, of.id.seq, limit), newer: true }
      case 'after': {
        const later = this.messagesAfter(room, of.id.seq, limit + 1)
        const { messages } = this.#messagesBefore(room, of.id.seq + 1, 1)
        return { messages: later.slice(0, limit), older: messages.length > 0, newer: later.length > limit }
      }
      case 'around': {
        const half = Math.floor(limit / 2)
        const later = this.messagesAfter(room, of.id.seq, half + 1)
        const shown = later.slice(0, half)
        const earlier = this.#messagesBefore(room, of.id.seq + 1, limit - shown.length)
        return {
          messages: [...earlier.messages, ...shown],
          older: earlier.older,
          newer: later.length > half,
        }
      }
    }
  }

  #messagesBefore({ id, slug, since }: RoomScope, before: number | undefined, limit: number) {
    const rows =
      before === undefined
        ? this.#statements.newest.all(id, since, limit + 1)
        : this.#statements.before.all(id, since, before, limit + 1)
    const messages = rows.slice(0, limit).map((row) => readPosted(slug, row))
    return { messages: messages.reverse(), older: rows.length > limit }
  }
}
