import type { DatabaseSync } from 'node:sqlite'
import type { EventId, Posted, RoomEvent } from '../../chat/event.ts'
import type { HistoryPage, HistoryQuery } from '../../chat/ports/store.ts'
import type { Slug } from '../../chat/room.ts'
import { type PreparedStatements, prepareStatements } from './prepared-statements.ts'
import { type Row, readEvent, readPosted } from './rows.ts'
import { POSTED_INDEX_VERSION, readSchemaVersion } from './schema.ts'

// The plus keeps the planner from using the index of times, whose rows would have to be sorted by seq.
const POSTED = "room = ? AND kind = 'posted' AND +at > ?"

/** The table of events by the index of messages. SQLite would choose the primary key, which has all events. */
const MESSAGES = 'events INDEXED BY events_posted'

/** Commands also read files of an earlier version, which lack the index. */
const UNINDEXED = 'events'

const sql = (messages: typeof MESSAGES | typeof UNINDEXED) => ({
  findRooms: 'SELECT * FROM rooms',
  findRoom: 'SELECT * FROM rooms WHERE slug = ?',
  findTop: 'SELECT epoch, seq FROM rooms WHERE id = ?',
  findEpochFrom: 'SELECT epoch FROM events WHERE room = ? AND seq >= ? ORDER BY seq LIMIT 1',
  findEvents: `SELECT * FROM events WHERE room = ? AND seq > ? AND seq <= ? AND (kind <> 'posted' OR at > ?)
    ORDER BY seq LIMIT ?`,
  findEventsWithMessages: `
    SELECT e.*, m.at AS m_at, m.epoch AS m_epoch, m.name AS m_name, m.tag AS m_tag, m.verified AS m_verified,
      m.text AS m_text, m.edited_at AS m_edited_at
    FROM events e LEFT JOIN events m ON e.kind = 'edited' AND m.room = e.room AND m.seq = e.of
    WHERE e.room = ? AND e.seq > ? AND e.seq <= ?
      AND CASE e.kind WHEN 'posted' THEN e.at > ?4 WHEN 'edited' THEN m.at > ?4 ELSE 1 END
    ORDER BY e.seq LIMIT ?5`,
  findNewest: `SELECT * FROM ${messages} WHERE ${POSTED} ORDER BY seq DESC LIMIT ?`,
  findBefore: `SELECT * FROM ${messages} WHERE ${POSTED} AND seq < ? ORDER BY seq DESC LIMIT ?`,
  findAfter: `SELECT * FROM ${messages} WHERE ${POSTED} AND seq > ? ORDER BY seq LIMIT ?`,
  findMessage: `SELECT * FROM events WHERE ${POSTED} AND seq = ? AND epoch = ?`,
})

/** The room of a query, and its messages that have not expired. */
export interface RoomScope {
  readonly id: number
  readonly slug: Slug
  /** Milliseconds since 1970. Messages of this time or earlier have expired. */
  readonly since: number
}

/** Reads for the server, on a connection of its own that never waits for writes. */
export class DatabaseReader {
  readonly #database: DatabaseSync
  readonly #statements: PreparedStatements<ReturnType<typeof sql>>

  constructor(database: DatabaseSync) {
    this.#database = database
    this.#statements = prepareStatements(
      database,
      sql(readSchemaVersion(database) < POSTED_INDEX_VERSION ? UNINDEXED : MESSAGES),
    )
    // As plain numbers, one integer that is out of range would make the whole query fail.
    this.#statements.findRooms.setReadBigInts(true)
    this.#statements.findRoom.setReadBigInts(true)
  }

  rooms(): Record<string, unknown>[] {
    return this.#statements.findRooms.all()
  }

  room(slug: Slug): Record<string, unknown> | undefined {
    return this.#statements.findRoom.get(slug)
  }

  top({ id }: RoomScope): EventId {
    const row = this.#statements.findTop.get(id)
    return { epoch: String(row?.epoch), seq: Number(row?.seq) }
  }

  /**
   * Whether the history has an event of this epoch with this seq or a higher one. The events of an epoch follow one
   * another, so the first event from this seq on shows it: a cursor of any other epoch must not cost a whole room.
   */
  hasEventFrom({ id }: RoomScope, { epoch, seq }: EventId): boolean {
    return this.#statements.findEpochFrom.get(id, seq)?.epoch === epoch
  }

  /** Events as they are stored, in the order of seq. */
  eventRows({ id, since }: RoomScope, after: number, upTo: number, limit: number): Row[] {
    return this.#statements.findEvents.all(id, after, upTo, since, limit)
  }

  between({ id, slug, since }: RoomScope, after: number, upTo: number, limit: number): RoomEvent[] {
    return this.#statements.findEventsWithMessages
      .all(id, after, upTo, since, limit)
      .map((row) => readEvent(slug, row))
  }

  page(room: RoomScope, query: HistoryQuery, limit: number): HistoryPage {
    // All queries need the same snapshot: the page's cursor must point right after its newest message.
    this.#database.exec('BEGIN')
    try {
      return { ...this.#pageMessages(room, query, limit), top: this.top(room) }
    } finally {
      this.#database.exec('COMMIT')
    }
  }

  message(
    { id, slug, since }: RoomScope,
    { epoch, seq }: EventId,
  ): { posted: Posted; by: string | undefined } | undefined {
    const row = this.#statements.findMessage.get(id, since, seq, epoch)
    return row && { posted: readPosted(slug, row), by: row.author === null ? undefined : String(row.author) }
  }

  /** Messages after a seq, oldest first. */
  messagesAfter({ id, slug, since }: RoomScope, seq: number, limit: number): Posted[] {
    return this.#statements.findAfter.all(id, since, seq, limit).map((row) => readPosted(slug, row))
  }

  close(): void {
    this.#database.close()
  }

  #pageMessages(room: RoomScope, query: HistoryQuery, limit: number): Omit<HistoryPage, 'top'> {
    switch (query.kind) {
      case 'newest':
        return { ...this.#messagesBefore(room, undefined, limit), newer: false }
      case 'before':
        return { ...this.#messagesBefore(room, query.id.seq, limit), newer: true }
      case 'after': {
        const later = this.messagesAfter(room, query.id.seq, limit + 1)
        const { messages } = this.#messagesBefore(room, query.id.seq + 1, 1)
        return { messages: later.slice(0, limit), older: messages.length > 0, newer: later.length > limit }
      }
      case 'around': {
        const half = Math.floor(limit / 2)
        const later = this.messagesAfter(room, query.id.seq, half + 1)
        const shown = later.slice(0, half)
        const earlier = this.#messagesBefore(room, query.id.seq + 1, limit - shown.length)
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
        ? this.#statements.findNewest.all(id, since, limit + 1)
        : this.#statements.findBefore.all(id, since, before, limit + 1)
    const messages = rows.slice(0, limit).map((row) => readPosted(slug, row))
    return { messages: messages.reverse(), older: rows.length > limit }
  }
}
