import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Settings } from '../chat/kept-room.ts'
import type { Denial, Operation, Outcome } from './operation.ts'

const SQL = {
  room: 'SELECT id, epoch, seq, owner, reserved_until FROM rooms WHERE slug = ?',
  create: 'INSERT INTO rooms (slug, epoch, seq, retention, keep, listed, owner) VALUES (?, ?, 0, ?, ?, ?, ?)',
  forgetRoom: 'DELETE FROM rooms WHERE id = ?',
  change: 'UPDATE rooms SET retention = ?, keep = ?, listed = ? WHERE id = ?',
  close: 'UPDATE rooms SET owner = NULL, reserved_until = ?, seq = 0 WHERE id = ?',
  count: 'UPDATE rooms SET seq = ? WHERE id = ?',
  deleteEvents: 'DELETE FROM events WHERE room = ?',
  deleteKeys: 'DELETE FROM keys WHERE room = ?',
  post: `INSERT INTO events (room, seq, epoch, kind, at, author, name, tag, verified, text)
    VALUES (?, ?, ?, 'posted', ?, ?, ?, ?, ?, ?)`,
  point: 'INSERT INTO events (room, seq, epoch, kind, at, of, of_epoch) VALUES (?, ?, ?, ?, ?, ?, ?)',
  message: "SELECT author FROM events WHERE room = ? AND seq = ? AND epoch = ? AND kind = 'posted'",
  edit: 'UPDATE events SET text = ?, edited_at = ? WHERE room = ? AND seq = ?',
  deletePointers: 'DELETE FROM events WHERE room = ? AND of = ?',
  deleteMessage: 'DELETE FROM events WHERE room = ? AND seq = ?',
  key: 'SELECT seq, digest, until FROM keys WHERE room = ? AND author = ? AND key = ?',
  remember: 'INSERT OR REPLACE INTO keys (room, author, key, seq, digest, until) VALUES (?, ?, ?, ?, ?, ?)',
  expireKeys: 'DELETE FROM keys WHERE until <= ?',
  expireRooms: 'DELETE FROM rooms WHERE reserved_until <= ?',
  transient:
    'SELECT id, retention, keep FROM rooms WHERE owner IS NOT NULL AND (retention IS NOT NULL OR keep IS NOT NULL)',
  // Times rise with the numbers: the first event that is young enough ends the search.
  firstYoung: 'SELECT seq FROM events WHERE room = ? AND at > ? ORDER BY seq LIMIT 1',
  firstKept: "SELECT seq FROM events WHERE room = ? AND kind = 'posted' ORDER BY seq DESC LIMIT 1 OFFSET ?",
  lastSeq: 'SELECT max(seq) AS seq FROM events WHERE room = ?',
  expireBefore: 'DELETE FROM events WHERE room = ? AND seq < ?',
  expirePointers: 'DELETE FROM events WHERE room = ? AND of < ?',
} as const

type Statements = { readonly [Name in keyof typeof SQL]: StatementSync }

interface RoomRow {
  readonly id: number
  readonly epoch: string
  readonly seq: number
}

/** Does what the writing thread is told, one operation after the other; whoever calls opens and ends the transaction. */
export class Writing {
  readonly #run: Statements

  constructor(database: DatabaseSync) {
    this.#run = Object.fromEntries(
      Object.entries(SQL).map(([name, sql]) => [name, database.prepare(sql)]),
    ) as Statements
  }

  do(operation: Operation): Outcome {
    switch (operation.kind) {
      case 'create':
        return this.#create(operation)
      case 'change':
        return this.#change(operation)
      case 'remove':
        return this.#remove(operation)
      case 'append':
        return this.#append(operation)
      case 'edit':
        return this.#edit(operation)
      case 'erase':
        return this.#erase(operation)
      case 'expire':
        return this.#expire(operation.now)
    }
  }

  #create({ room, epoch, settings, owner, now }: Extract<Operation, { kind: 'create' }>): Outcome {
    const row = this.#run.room.get(room)
    if (row?.owner) return denied('exists')
    if (row && Number(row.reserved_until) > now) return denied('reserved')
    if (row) this.#run.forgetRoom.run(Number(row.id))
    this.#run.create.run(room, epoch, ...columns(settings), owner)
    return done(0)
  }

  #change({ room, settings }: Extract<Operation, { kind: 'change' }>): Outcome {
    const row = this.#room(room)
    if (!row) return denied('no-room')
    this.#run.change.run(...columns(settings), row.id)
    return done(row.seq)
  }

  #remove({ room, reservedUntil }: Extract<Operation, { kind: 'remove' }>): Outcome {
    const row = this.#room(room)
    if (!row) return denied('no-room')
    this.#run.deleteEvents.run(row.id)
    this.#run.deleteKeys.run(row.id)
    this.#run.close.run(reservedUntil, row.id)
    return done(row.seq)
  }

  #append({ room, at, by, author, text, key }: Extract<Operation, { kind: 'append' }>): Outcome {
    const row = this.#room(room)
    if (!row) return denied('no-room')
    const known = key && this.#run.key.get(row.id, by, key.key)
    if (known && Number(known.until) > at) {
      return known.digest === key.digest ? done(Number(known.seq), false) : denied('other-text')
    }
    const seq = this.#next(row)
    this.#run.post.run(row.id, seq, row.epoch, at, by, author.name, author.tag, author.verified ? 1 : 0, text)
    if (key) this.#run.remember.run(row.id, by, key.key, seq, key.digest, key.until)
    return done(seq)
  }

  #edit({ room, at, id, by, text }: Extract<Operation, { kind: 'edit' }>): Outcome {
    const found = this.#message(room, id, by)
    if ('kind' in found) return found
    this.#run.edit.run(text, at, found.id, id.seq)
    const seq = this.#next(found)
    this.#run.point.run(found.id, seq, found.epoch, 'edited', at, id.seq, id.epoch)
    return done(seq)
  }

  #erase({ room, at, id, by }: Extract<Operation, { kind: 'erase' }>): Outcome {
    const found = this.#message(room, id, by)
    if ('kind' in found) return found
    this.#run.deletePointers.run(found.id, id.seq)
    this.#run.deleteMessage.run(found.id, id.seq)
    const seq = this.#next(found)
    this.#run.point.run(found.id, seq, found.epoch, 'deleted', at, id.seq, id.epoch)
    return done(seq)
  }

  #expire(now: number): Outcome {
    let deleted = Number(this.#run.expireKeys.run(now).changes)
    this.#run.expireRooms.run(now)
    for (const { id, retention, keep } of this.#run.transient.all()) {
      const room = Number(id)
      const first = Math.max(
        retention === null ? 0 : this.#firstYoung(room, now - Number(retention)),
        keep === null ? 0 : Number(this.#run.firstKept.get(room, Number(keep) - 1)?.seq ?? 0),
      )
      deleted += Number(this.#run.expireBefore.run(room, first).changes)
      deleted += Number(this.#run.expirePointers.run(room, first).changes)
    }
    return { kind: 'done', seq: deleted, fresh: deleted > 0 }
  }

  #firstYoung(room: number, after: number): number {
    const young = this.#run.firstYoung.get(room, after)
    if (young) return Number(young.seq)
    return Number(this.#run.lastSeq.get(room)?.seq ?? 0) + 1
  }

  #room(slug: string): RoomRow | undefined {
    const row = this.#run.room.get(slug)
    if (!row?.owner) return undefined
    return { id: Number(row.id), epoch: String(row.epoch), seq: Number(row.seq) }
  }

  #message(
    room: string,
    id: { readonly epoch: string; readonly seq: number },
    by: string | undefined,
  ): RoomRow | Outcome {
    const row = this.#room(room)
    if (!row) return denied('no-room')
    const message = this.#run.message.get(row.id, id.seq, id.epoch)
    if (!message) return denied('gone')
    return by === undefined || message.author === by ? row : denied('not-yours')
  }

  #next({ id, seq }: RoomRow): number {
    this.#run.count.run(seq + 1, id)
    return seq + 1
  }
}

function columns({ retention, keep, listed }: Settings): [number | null, number | null, number] {
  return [retention ?? null, keep ?? null, listed ? 1 : 0]
}

function done(seq: number, fresh = true): Outcome {
  return { kind: 'done', seq, fresh }
}

function denied(denial: Denial): Outcome {
  return { kind: 'denied', denial }
}
