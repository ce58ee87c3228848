import type { DatabaseSync } from 'node:sqlite'
import type { Author, EventId } from '../../chat/event.ts'
import type { Settings } from '../../chat/kept-room.ts'
import type { Slug } from '../../chat/room.ts'
import { epochAfter } from './epochs.ts'
import type { Denial, Done, Operation, Outcome } from './operation.ts'
import { type Prepared, prepared } from './prepared.ts'
import { readPosted } from './rows.ts'
import { Sweeping } from './sweep.ts'
import { TokenWriting } from './write-tokens.ts'

const SQL = {
  room: 'SELECT id, epoch, seq, owner, reserved_until FROM rooms WHERE slug = ?',
  create:
    'INSERT INTO rooms (slug, epoch, seq, messages, retention, keep, listed, owner) VALUES (?, ?, 0, 0, ?, ?, ?, ?)',
  // No slug begins so: what is left of the room before is still found, and deleted.
  release: "UPDATE rooms SET slug = '/' || id, reserved_until = 0 WHERE id = ?",
  change: 'UPDATE rooms SET retention = ?, keep = ?, listed = ? WHERE id = ?',
  embed: 'UPDATE rooms SET embed_origins = ?, embed_secret = ? WHERE id = ?',
  close: 'UPDATE rooms SET owner = NULL, reserved_until = ?, embed_secret = NULL WHERE id = ?',
  count: 'UPDATE rooms SET seq = ?, messages = messages + ? WHERE id = ?',
  post: `INSERT INTO events (room, seq, epoch, kind, at, author, name, tag, verified, text)
    VALUES (?, ?, ?, 'posted', ?, ?, ?, ?, ?, ?)`,
  point: 'INSERT INTO events (room, seq, epoch, kind, at, of, of_epoch) VALUES (?, ?, ?, ?, ?, ?, ?)',
  message: "SELECT * FROM events WHERE room = ? AND seq = ? AND epoch = ? AND kind = 'posted'",
  edit: 'UPDATE events SET text = ?, edited_at = ? WHERE room = ? AND seq = ?',
  deletePointers: 'DELETE FROM events WHERE room = ? AND of = ?',
  deleteMessage: 'DELETE FROM events WHERE room = ? AND seq = ?',
  key: 'SELECT epoch, seq, digest, until FROM keys WHERE room = ? AND author = ? AND key = ?',
  remember:
    'INSERT OR REPLACE INTO keys (room, author, key, epoch, seq, digest, until) VALUES (?, ?, ?, ?, ?, ?, ?)',
} as const

interface RoomRow {
  readonly id: number
  readonly slug: Slug
  readonly epoch: string
  readonly seq: number
}

/** A message that may be changed, and its room. */
interface Found {
  readonly room: RoomRow
  readonly message: { readonly at: number; readonly author: Author }
}

/** Does what the writing thread is told, one operation after the other; whoever calls opens and ends the transaction. */
export class Writing {
  readonly #run: Prepared<typeof SQL>
  readonly #sweeping: Sweeping
  readonly #tokens: TokenWriting

  constructor(database: DatabaseSync) {
    this.#run = prepared(database, SQL)
    this.#sweeping = new Sweeping(database)
    this.#tokens = new TokenWriting(database)
  }

  do(operation: Operation): Outcome {
    switch (operation.kind) {
      case 'create':
        return this.#create(operation)
      case 'change':
        return this.#change(operation)
      case 'embed':
        return this.#embed(operation)
      case 'remove':
        return this.#remove(operation)
      case 'append':
        return this.#append(operation)
      case 'edit':
        return this.#edit(operation)
      case 'erase':
        return this.#erase(operation)
      case 'add-token':
        return this.#tokens.add(operation)
      case 'revoke-token':
        return this.#tokens.revoke(operation)
      case 'expire':
        return this.#sweeping.step(operation.now)
    }
  }

  #create({ room, epoch, settings, owner, now }: Extract<Operation, { kind: 'create' }>): Outcome {
    const row = this.#run.room.get(room)
    if (row?.owner) return denied('exists')
    if (row && Number(row.reserved_until) > now) return denied('reserved')
    if (row) this.#run.release.run(Number(row.id))
    // After that of the room before, however the clock was set: none of its ids come again.
    const fresh = row ? epochAfter(String(row.epoch), now) : epoch
    this.#run.create.run(room, fresh, ...columns(settings), owner)
    return done({ epoch: fresh, seq: 0 })
  }

  #change({ room, settings }: Extract<Operation, { kind: 'change' }>): Outcome {
    const row = this.#room(room)
    if (!row) return denied('no-room')
    this.#run.change.run(...columns(settings), row.id)
    return done(row)
  }

  #embed({ room, origins, secret }: Extract<Operation, { kind: 'embed' }>): Outcome {
    const row = this.#room(room)
    if (!row) return denied('no-room')
    this.#run.embed.run(origins ?? null, secret ?? null, row.id)
    return done(row)
  }

  #remove({ room, reservedUntil }: Extract<Operation, { kind: 'remove' }>): Outcome {
    const row = this.#room(room)
    if (!row) return denied('no-room')
    this.#run.close.run(reservedUntil, row.id)
    this.#tokens.empty(room)
    return done(row)
  }

  #append({ room, at, by, author, text, key }: Extract<Operation, { kind: 'append' }>): Outcome {
    const row = this.#room(room)
    if (!row) return denied('no-room')
    const known = key && this.#run.key.get(row.id, by, key.key)
    if (known && Number(known.until) > at) {
      if (known.digest !== key.digest) return denied('other-text')
      const first = { epoch: String(known.epoch), seq: Number(known.seq) }
      const message = this.#message(row, first)
      return { kind: 'done', id: first, fresh: false, ...(message && { message: message.told }) }
    }
    const { epoch, seq } = this.#next(row, 1)
    this.#run.post.run(row.id, seq, epoch, at, by, author.name, author.tag, author.verified ? 1 : 0, text)
    if (key) this.#run.remember.run(row.id, by, key.key, epoch, seq, key.digest, key.until)
    return done({ epoch, seq })
  }

  #edit({ room, at, id, by, text }: Extract<Operation, { kind: 'edit' }>): Outcome {
    const found = this.#changeable(room, id, by)
    if ('kind' in found) return found
    const { id: number } = found.room
    this.#run.edit.run(text, at, number, id.seq)
    const { epoch, seq } = this.#next(found.room, 0)
    this.#run.point.run(number, seq, epoch, 'edited', at, id.seq, id.epoch)
    return { ...done({ epoch, seq }), message: found.message }
  }

  #erase({ room, at, id, by }: Extract<Operation, { kind: 'erase' }>): Outcome {
    const found = this.#changeable(room, id, by)
    if ('kind' in found) return found
    const { id: number } = found.room
    this.#run.deletePointers.run(number, id.seq)
    this.#run.deleteMessage.run(number, id.seq)
    const { epoch, seq } = this.#next(found.room, -1)
    this.#run.point.run(number, seq, epoch, 'deleted', at, id.seq, id.epoch)
    return done({ epoch, seq })
  }

  #room(slug: Slug): RoomRow | undefined {
    const row = this.#run.room.get(slug)
    if (!row?.owner) return undefined
    return { id: Number(row.id), slug, epoch: String(row.epoch), seq: Number(row.seq) }
  }

  #changeable(slug: Slug, id: EventId, by: string | undefined): Found | Outcome {
    const room = this.#room(slug)
    if (!room) return denied('no-room')
    const message = this.#message(room, id)
    if (!message) return denied('gone')
    return by === undefined || message.by === by ? { room, message: message.told } : denied('not-yours')
  }

  #message({ id, slug }: RoomRow, { epoch, seq }: EventId) {
    const row = this.#run.message.get(id, seq, epoch)
    if (!row) return undefined
    const { at, author } = readPosted(slug, row)
    return { by: row.author, told: { at, author } }
  }

  /** @param messages how many more there are of them then */
  #next({ id, epoch, seq }: RoomRow, messages: number): EventId {
    this.#run.count.run(seq + 1, messages, id)
    return { epoch, seq: seq + 1 }
  }
}

function done({ epoch, seq }: EventId): Done {
  return { kind: 'done', id: { epoch, seq }, fresh: true }
}

function denied(denial: Denial): Outcome {
  return { kind: 'denied', denial }
}

function columns({ retention, keep, listed }: Settings): [number | null, number | null, number] {
  return [retention ?? null, keep ?? null, listed ? 1 : 0]
}
