import type { DatabaseSync } from 'node:sqlite'
import { type Author, type EventId, formatId, isContinuable } from '../../chat/event.ts'
import type { Settings } from '../../chat/kept-room.ts'
import { MESSAGE_MAX_BYTES } from '../../chat/message.ts'
import type { Slug } from '../../chat/room.ts'
import type { Rejection } from '../rejection.ts'
import { type SpaceLimit, type SpaceShortage, UNLIMITED_SPACE } from './disk/database-space.ts'
import { epochAfter } from './epochs.ts'
import { KnownTime } from './known-time.ts'
import type { Done, Operation, OperationResult } from './operation.ts'
import { type PreparedStatements, prepareStatements } from './prepared-statements.ts'
import { readPosted } from './rows.ts'
import { readPragma } from './schema.ts'
import { RowSweeper } from './sweep.ts'
import { TokenWriter } from './tokens/write-tokens.ts'

/** As long as the longest message: the disk works again once any message can be stored. */
const TRIAL_TEXT = ' '.repeat(MESSAGE_MAX_BYTES)

const SQL = {
  findRoom: 'SELECT id, epoch, seq, owner, reserved_until FROM rooms WHERE slug = ?',
  insertRoom:
    'INSERT INTO rooms (slug, epoch, seq, messages, retention, keep, listed, owner) VALUES (?, ?, 0, 0, ?, ?, ?, ?)',
  // No slug begins with a slash. The row stays until the sweeper has deleted the rest of the old room.
  releaseSlug: "UPDATE rooms SET slug = '/' || id, reserved_until = 0 WHERE id = ?",
  updateSettings: 'UPDATE rooms SET retention = ?, keep = ?, listed = ? WHERE id = ?',
  updateEmbedding: 'UPDATE rooms SET embed_origins = ?, embed_secret = ? WHERE id = ?',
  closeRoom: 'UPDATE rooms SET owner = NULL, reserved_until = ?, embed_secret = NULL WHERE id = ?',
  updateCounters: 'UPDATE rooms SET seq = ?, messages = messages + ? WHERE id = ?',
  insertMessage: `INSERT INTO events (room, seq, epoch, kind, at, author, name, tag, verified, text)
    VALUES (?, ?, ?, 'posted', ?, ?, ?, ?, ?, ?)`,
  insertPointer: 'INSERT INTO events (room, seq, epoch, kind, at, of, of_epoch) VALUES (?, ?, ?, ?, ?, ?, ?)',
  findTime: 'SELECT at FROM events WHERE room = ? AND seq = ?',
  findMessage: "SELECT * FROM events WHERE room = ? AND seq = ? AND epoch = ? AND kind = 'posted'",
  updateText: 'UPDATE events SET text = ?, edited_at = ? WHERE room = ? AND seq = ?',
  // Without the hint, SQLite reads the whole room.
  deletePointers: 'DELETE FROM events INDEXED BY events_of WHERE room = ? AND of = ?',
  // The newest one says it all, because it delivers the message in its present form.
  deleteOlderEdits: "DELETE FROM events INDEXED BY events_of WHERE room = ? AND of = ? AND kind = 'edited'",
  deleteMessage: 'DELETE FROM events WHERE room = ? AND seq = ?',
  findKey: 'SELECT epoch, seq, digest, until FROM keys WHERE room = ? AND author = ? AND key = ?',
  insertKey:
    'INSERT OR REPLACE INTO keys (room, author, key, epoch, seq, digest, until) VALUES (?, ?, ?, ?, ?, ?, ?)',
} as const

interface WritableRoom {
  readonly id: number
  readonly slug: Slug
  readonly epoch: string
  readonly seq: number
}

/** A message that may be changed, and its room. */
interface ChangeableMessage {
  readonly room: WritableRoom
  readonly message: { readonly at: number; readonly author: Author }
}

/** Executes operations one after the other. The caller begins and ends the transaction. */
export class DatabaseWriter {
  readonly #database: DatabaseSync
  readonly #statements: PreparedStatements<typeof SQL>
  readonly #sweeper: RowSweeper
  readonly #knownTime: KnownTime
  readonly #tokens: TokenWriter
  readonly #space: SpaceLimit

  constructor(database: DatabaseSync, space: SpaceLimit = UNLIMITED_SPACE) {
    this.#database = database
    this.#space = space
    this.#statements = prepareStatements(database, SQL)
    // As a plain number, a seq that is out of range would also keep its slug from being used again.
    this.#statements.findRoom.setReadBigInts(true)
    this.#sweeper = new RowSweeper(database)
    this.#knownTime = new KnownTime(database)
    this.#tokens = new TokenWriter(database)
  }

  #sweep({ now, elapsed, acceptClock }: Extract<Operation, { kind: 'sweep' }>): OperationResult {
    const time = this.#knownTime.resolve(now, elapsed, acceptClock)
    const swept = this.#sweeper.step(time.now)
    return time.heldSince === undefined ? swept : { ...swept, heldSince: time.heldSince }
  }

  /** Called before the operations of a transaction. */
  begin(): void {
    this.#space.measure()
  }

  /** Why the transaction refused something for lack of space. */
  get shortage(): SpaceShortage | undefined {
    return this.#space.shortage
  }

  apply(operation: Operation): OperationResult {
    switch (operation.kind) {
      case 'create-room':
        return this.#createRoom(operation)
      case 'change-settings':
        return this.#changeSettings(operation)
      case 'change-embedding':
        return this.#changeEmbedding(operation)
      case 'delete-room':
        return this.#deleteRoom(operation)
      case 'append':
        return this.#append(operation)
      case 'edit':
        return this.#edit(operation)
      case 'delete-message':
        return this.#deleteMessage(operation)
      case 'add-token':
        return this.#space.take(operation.token.name) ? this.#tokens.add(operation) : rejectedResult('full')
      case 'revoke-token':
        return this.#tokens.revoke(operation)
      case 'sweep':
        return this.#sweep(operation)
      case 'try-disk':
        return this.#tryDisk()
    }
  }

  // Setting the version to what it is writes a page.
  #tryDisk(): OperationResult {
    if (!this.#space.take(TRIAL_TEXT)) return rejectedResult('full')
    this.#database.exec(`PRAGMA user_version = ${readPragma(this.#database, 'user_version')}`)
    return { kind: 'tried' }
  }

  #createRoom({
    room,
    epoch,
    settings,
    owner,
    now,
  }: Extract<Operation, { kind: 'create-room' }>): OperationResult {
    const row = this.#statements.findRoom.get(room)
    if (row?.owner) return rejectedResult('exists')
    if (row && Number(row.reserved_until) > now) return rejectedResult('reserved')
    if (!this.#space.take(room)) return rejectedResult('full')
    if (row) this.#statements.releaseSlug.run(Number(row.id))
    // Later than the epoch of the deleted room, even if the clock was set back, so that none of its ids is used again.
    const newEpoch = row ? epochAfter(String(row.epoch), now) : epoch
    this.#statements.insertRoom.run(room, newEpoch, ...settingsColumns(settings), owner)
    return doneResult({ epoch: newEpoch, seq: 0 })
  }

  #changeSettings({ room, settings }: Extract<Operation, { kind: 'change-settings' }>): OperationResult {
    const row = this.#findRoom(room)
    if (!row) return rejectedResult('no-room')
    this.#statements.updateSettings.run(...settingsColumns(settings), row.id)
    return doneResult(row)
  }

  #changeEmbedding({
    room,
    origins,
    secret,
  }: Extract<Operation, { kind: 'change-embedding' }>): OperationResult {
    const row = this.#findRoom(room)
    if (!row) return rejectedResult('no-room')
    if (!this.#space.take(origins ?? '')) return rejectedResult('full')
    this.#statements.updateEmbedding.run(origins ?? null, secret ?? null, row.id)
    return doneResult(row)
  }

  #deleteRoom({ room, reservedUntil }: Extract<Operation, { kind: 'delete-room' }>): OperationResult {
    const row = this.#findRoom(room)
    if (!row) return rejectedResult('no-room')
    this.#statements.closeRoom.run(reservedUntil, row.id)
    this.#tokens.deleteAll(room)
    return doneResult(row)
  }

  #append({ room, at: now, by, author, text, key }: Extract<Operation, { kind: 'append' }>): OperationResult {
    const row = this.#findRoom(room)
    if (!row) return rejectedResult('no-room')
    const stored = key && this.#statements.findKey.get(row.id, by, key.key)
    if (stored && Number(stored.until) > now) {
      if (stored.digest !== key.digest) return rejectedResult('key-reused')
      const first = { epoch: String(stored.epoch), seq: Number(stored.seq) }
      const message = this.#findMessage(row, first)
      return { kind: 'done', id: first, isNew: false, ...(message && { message: message.fields }) }
    }
    // A repeat stores nothing, so it is never refused for lack of space (P5).
    if (!this.#space.take(text)) return rejectedResult('full')
    const at = this.#timeIn(row, now)
    const { epoch, seq } = this.#nextId(row, 1)
    this.#statements.insertMessage.run(
      row.id,
      seq,
      epoch,
      at,
      by,
      author.name,
      author.tag,
      author.verified ? 1 : 0,
      text,
    )
    if (key) this.#statements.insertKey.run(row.id, by, key.key, epoch, seq, key.digest, key.until)
    return { ...doneResult({ epoch, seq }), at }
  }

  #edit({ room, at: now, id, by, text }: Extract<Operation, { kind: 'edit' }>): OperationResult {
    const found = this.#findChangeable(room, id, by)
    if ('kind' in found) return found
    if (!this.#space.take(text)) return rejectedResult('full')
    const { id: roomId } = found.room
    const at = this.#timeIn(found.room, now)
    this.#statements.updateText.run(text, at, roomId, id.seq)
    const { epoch, seq } = this.#nextId(found.room, 0)
    this.#statements.deleteOlderEdits.run(roomId, id.seq)
    this.#statements.insertPointer.run(roomId, seq, epoch, 'edited', at, id.seq, id.epoch)
    return { ...doneResult({ epoch, seq }), at, message: found.message }
  }

  #deleteMessage({ room, at: now, id, by }: Extract<Operation, { kind: 'delete-message' }>): OperationResult {
    const found = this.#findChangeable(room, id, by)
    if ('kind' in found) return found
    const { id: roomId } = found.room
    const at = this.#timeIn(found.room, now)
    this.#statements.deletePointers.run(roomId, id.seq)
    this.#statements.deleteMessage.run(roomId, id.seq)
    const { epoch, seq } = this.#nextId(found.room, -1)
    this.#statements.insertPointer.run(roomId, seq, epoch, 'deleted', at, id.seq, id.epoch)
    return { ...doneResult({ epoch, seq }), at }
  }

  #findRoom(slug: Slug): WritableRoom | undefined {
    const row = this.#statements.findRoom.get(slug)
    if (!row?.owner) return undefined
    const position = { epoch: String(row.epoch), seq: Number(row.seq) }
    if (!isContinuable(position)) throw new Error(`No event can follow ${formatId(position)} in “${slug}”`)
    return { id: Number(row.id), slug, ...position }
  }

  #findChangeable(slug: Slug, id: EventId, by: string | undefined): ChangeableMessage | OperationResult {
    const room = this.#findRoom(slug)
    if (!room) return rejectedResult('no-room')
    const message = this.#findMessage(room, id)
    if (!message) return rejectedResult('no-message')
    return by === undefined || message.by === by
      ? { room, message: message.fields }
      : rejectedResult('not-author')
  }

  #findMessage({ id, slug }: WritableRoom, { epoch, seq }: EventId) {
    const row = this.#statements.findMessage.get(id, seq, epoch)
    if (!row) return undefined
    const { at, author } = readPosted(slug, row)
    return { by: row.author, fields: { at, author } }
  }

  // Never before the room's last event, or a message would expire early while the clock is set back.
  #timeIn({ id, seq }: WritableRoom, now: number): number {
    return Math.max(now, Number(this.#statements.findTime.get(id, seq)?.at ?? 0))
  }

  /** @param messages change in the number of messages */
  #nextId({ id, epoch, seq }: WritableRoom, messages: number): EventId {
    this.#statements.updateCounters.run(seq + 1, messages, id)
    return { epoch, seq: seq + 1 }
  }
}

function doneResult({ epoch, seq }: EventId): Done {
  return { kind: 'done', id: { epoch, seq }, isNew: true }
}

function rejectedResult(rejection: Rejection): OperationResult {
  return { kind: 'rejected', rejection }
}

function settingsColumns({ retention, keep, listed }: Settings): [number | null, number | null, number] {
  return [retention ?? null, keep ?? null, listed ? 1 : 0]
}
