import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { authorDigest } from '../../chat/author-digest.ts'
import { DEFAULT_EMBEDDING, type Embedding, formatOrigins } from '../../chat/embedding.ts'
import {
  type Author,
  type Deleted,
  type Edited,
  type EventId,
  epochAt,
  epochTime,
  type Posted,
  type RoomEvent,
} from '../../chat/event.ts'
import { hasSameRetention, type KeptRoom, RESERVED_MS, type Settings } from '../../chat/kept-room.ts'
import type { Member } from '../../chat/member.ts'
import type { Draft } from '../../chat/message.ts'
import type { Bus } from '../../chat/ports/bus.ts'
import type { Clock } from '../../chat/ports/clock.ts'
import type { Secrets } from '../../chat/ports/secrets.ts'
import type { EditAuthorization, HistoryPage, HistoryQuery, Store } from '../../chat/ports/store.ts'
import { Refusal } from '../../chat/refusal.ts'
import type { Slug } from '../../chat/room.ts'
import type { BusSignal } from '../../chat/signal.ts'
import { type DiskEvent, DiskHealth } from './disk/disk-health.ts'
import { Expiry } from './expiry.ts'
import { exportLines } from './export.ts'
import { GroupCommit, QUEUE_MAX } from './group-commit.ts'
import { openForReading } from './open-database.ts'
import type { Done, Operation } from './operation.ts'
import { DatabaseReader, type RoomScope } from './read.ts'
import { requireDone } from './require-done.ts'
import { type CachedRoom, SqliteRoomCache } from './room-cache.ts'
import { SqliteTokens } from './tokens/tokens.ts'

/** How long a kept room remembers a key (P5). */
const KEY_TTL_MS = 86_400_000

export interface SqliteStoreTools {
  readonly clock: Clock
  readonly secrets: Secrets
  readonly bus: Pick<Bus, 'publish' | 'signal' | 'top'>
  /** The program of the writer thread, as text. */
  readonly writer: string
  /** The bound of the database in bytes; undefined: none. */
  readonly maxBytes?: number | undefined
  /** Whether the operator confirmed that the clock is right, although it is days ahead of the last run. */
  readonly acceptClock?: boolean | undefined
  /** Receives errors that no caller waits for. */
  readonly report: (error: unknown) => void
  /** Paths of other files that must stay where they are as long as anything is stored, such as that of the lock. */
  readonly guarded?: readonly string[]
  /** Receives the beginning and the end of each trouble with the disk. */
  readonly onDisk?: ((event: DiskEvent) => void) | undefined
}

/** Stores the kept rooms of a single process in one file of the data folder. */
export class SqliteStore implements Store {
  readonly tokens: SqliteTokens
  readonly #tools: SqliteStoreTools
  readonly #groupCommit: GroupCommit
  readonly #reader: DatabaseReader
  readonly #roomCache: SqliteRoomCache
  readonly #expiry: Expiry
  readonly #health: DiskHealth
  #closed = false

  private constructor(tools: SqliteStoreTools, groupCommit: GroupCommit, database: DatabaseSync) {
    const { clock, report } = tools
    const write = (operation: Operation) => groupCommit.write(operation, (result) => result)
    this.#tools = tools
    this.#groupCommit = groupCommit
    this.#reader = new DatabaseReader(database)
    this.#roomCache = new SqliteRoomCache(this.#reader, report)
    this.tokens = new SqliteTokens({ database, write, clock, report })
    this.#expiry = new Expiry({ write, clock, acceptClock: tools.acceptClock ?? false, report })
    this.#health = new DiskHealth({
      clock,
      onEvent: tools.onDisk ?? (() => {}),
      // The result reaches `update` with that of its commit. The queue may be full of posts, which are trials too.
      tryDisk: () => void write({ kind: 'try-disk' }).catch(() => {}),
      commitMs: () => groupCommit.commitMs,
    })
  }

  /** @throws UnusableDatabase */
  static async open(folder: string, tools: SqliteStoreTools): Promise<SqliteStore> {
    const path = databasePath(folder)
    const { writer: program, report, clock, maxBytes } = tools
    const now = () => clock.now()
    const groupCommit = await GroupCommit.open({
      program,
      path,
      maxBytes,
      guarded: tools.guarded ?? [],
      now,
      elapsed: () => clock.elapsed(),
      report,
      onRestart: () => store.#publishMissed(),
      onDisk: (trouble) => store.#health.update(trouble),
    })
    const store = new SqliteStore(tools, groupCommit, openForReading(path))
    return store
  }

  /** Why nothing can be stored, in one sentence, if that has lasted some seconds. */
  get problem(): string | undefined {
    return this.#health.problem
  }

  /** Whether a commit is under way. */
  get isCommitting(): boolean {
    return this.#groupCommit.commitMs > 0
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    this.#health.stop()
    this.#expiry.stop()
    this.tokens.close()
    await this.#groupCommit.close(() => this.#reader.close())
  }

  async findKeptRoom(room: Slug): Promise<KeptRoom | undefined> {
    return this.#roomCache.get(room)?.room
  }

  async reservedUntil(room: Slug): Promise<number | undefined> {
    const until = this.#roomCache.reservedUntil(room)
    return until !== undefined && until > this.#now() ? until : undefined
  }

  async createRoom(room: Slug, settings: Settings, owner: string): Promise<KeptRoom | undefined> {
    if (this.#roomCache.get(room)) return undefined
    const now = this.#now()
    // Not before the epoch that pages of the unused room were given, even if the clock was set back since.
    const { epoch: current } = await this.#tools.bus.top(room)
    const epoch = epochAt(Math.max(now, epochTime(current)))
    const create: Operation = { kind: 'create-room', room, epoch, settings, owner, now }
    return this.#groupCommit.write(create, (result) => {
      if (result.kind === 'rejected' && result.rejection === 'exists') return undefined
      requireDone(result)
      const made = this.#reload(room)
      return this.#signal(room, { kind: 'settings', settings, made: true }).then(() => made)
    })
  }

  async listedRooms(): Promise<readonly Slug[]> {
    return this.#roomCache.listed
  }

  async isOwner(room: Slug, owner: string): Promise<boolean> {
    // Both are digests, so the time that the comparison takes reveals nothing.
    return this.#roomCache.get(room)?.owner === owner
  }

  async changeSettings(room: Slug, settings: Settings): Promise<KeptRoom> {
    const changed = await this.#write({ kind: 'change-settings', room, settings }, async () => {
      const before = this.#roomCache.get(room)?.room
      const after = this.#reload(room)
      if (before && !hasSameRetention(before, after))
        await this.#signal(room, { kind: 'settings', settings, made: false })
      return after
    })
    this.#expiry.runSoon()
    return changed
  }

  async readEmbedding(room: Slug): Promise<Embedding> {
    return this.#roomCache.get(room)?.embedding ?? DEFAULT_EMBEDDING
  }

  async changeEmbedding(room: Slug, { origins, secret }: Embedding): Promise<void> {
    const operation: Operation = {
      kind: 'change-embedding',
      room,
      origins: origins && formatOrigins(origins),
      secret,
    }
    await this.#write(operation, () => this.#reload(room))
  }

  async deleteRoom(room: Slug): Promise<void> {
    const reservedUntil = this.#now() + RESERVED_MS
    await this.#write({ kind: 'delete-room', room, reservedUntil }, () => {
      this.#roomCache.remove(room, reservedUntil)
      return this.#signal(room, { kind: 'closed' })
    })
    this.#expiry.runSoon()
  }

  async append(room: Slug, member: Member, author: Author, draft: Draft): Promise<Posted> {
    this.#requireRoom(room)
    const { text } = draft
    const now = this.#now()
    const key = draft.key && {
      key: draft.key,
      digest: this.#tools.secrets.digest('text', text),
      until: now + KEY_TTL_MS,
    }
    const by = this.#authorDigest(room, member)
    const operation: Operation = { kind: 'append', room, at: now, by, author, text, key: key || undefined }
    return this.#write(operation, ({ id, at = now, isNew, message }) => {
      if (isNew) return this.#publish({ kind: 'posted', id, room, at, author, text, kept: true })
      // A repeat returns the message as it was posted, even if it was edited or deleted since.
      return { kind: 'posted', id, room, at, author, ...message, text, kept: true }
    })
  }

  async edit(room: Slug, id: EventId, changer: EditAuthorization, text: string): Promise<Edited> {
    const now = this.#now()
    return this.#write({ kind: 'edit', room, at: now, id, by: changerDigest(changer), text }, (done) => {
      const { at = now } = done
      if (!done.message) throw new Error('The result of an edit has no message')
      const message: Posted = { kind: 'posted', id, room, ...done.message, text, editedAt: at, kept: true }
      return this.#publish({ kind: 'edited', id: done.id, room, at, message })
    })
  }

  async deleteMessage(room: Slug, id: EventId, changer: EditAuthorization): Promise<Deleted> {
    const now = this.#now()
    const operation: Operation = { kind: 'delete-message', room, at: now, id, by: changerDigest(changer) }
    return this.#write(operation, ({ id: eventId, at = now }) =>
      this.#publish({ kind: 'deleted', id: eventId, room, at, of: id }),
    )
  }

  async top(room: Slug): Promise<EventId> {
    return this.#reader.top(this.#scopeOf(room))
  }

  async hasEvent(room: Slug, id: EventId): Promise<boolean> {
    const at = this.#scopeOf(room)
    const top = this.#reader.top(at)
    return id.epoch === top.epoch ? id.seq <= top.seq : this.#reader.hasEventFrom(at, id)
  }

  async readEvents(room: Slug, after: EventId, upTo: EventId, limit: number): Promise<RoomEvent[]> {
    return this.#reader.between(this.#scopeOf(room), after.seq, upTo.seq, limit)
  }

  async readPage(room: Slug, query: HistoryQuery, limit: number): Promise<HistoryPage> {
    return this.#reader.page(this.#scopeOf(room), query, limit)
  }

  async *export(room: Slug): AsyncGenerator<string, void, void> {
    this.#requireRoom(room)
    yield* exportLines(this.#reader, room, this.#now(), { digests: false })
  }

  async readMessage(
    room: Slug,
    id: EventId,
    by: string,
  ): Promise<{ message: Posted; own: boolean } | undefined> {
    const found = this.#reader.message(this.#scopeOf(room), id)
    return found && { message: found.posted, own: found.by === by }
  }

  /** @param toResult makes the result; called in the order of the writes */
  #write<Result>(operation: Operation, toResult: (done: Done) => Result): Promise<Awaited<Result>> {
    return this.#groupCommit.write(operation, (result) => toResult(requireDone(result)))
  }

  // The local bus publishes synchronously, so events are published in the order of the calls, which is that of seq.
  async #publish<Event extends RoomEvent>(event: Event): Promise<Event> {
    const cached = this.#roomCache.get(event.room)
    if (cached) cached.publishedSeq = event.id.seq
    await this.#tools.bus.publish(event)
    return event
  }

  // Publishes what the previous thread stored but did not report before it ended.
  #publishMissed(): void {
    const before = new Map(this.#roomCache.entries())
    this.#roomCache.load()
    for (const slug of before.keys())
      if (!this.#roomCache.has(slug)) this.#signalInBackground(slug, { kind: 'closed' })
    for (const [slug, { room: settings, publishedSeq: top }] of this.#roomCache.entries()) {
      const previous = before.get(slug)
      if (!previous || !hasSameRetention(previous.room, settings))
        this.#signalInBackground(slug, { kind: 'settings', settings, made: !previous })
      const publishedSeq = previous?.publishedSeq ?? top
      if (publishedSeq === top) continue
      for (const event of this.#reader.between(this.#scopeOf(slug), publishedSeq, top, QUEUE_MAX))
        this.#publish(event).catch(this.#tools.report)
    }
  }

  #signalInBackground(room: Slug, signal: BusSignal): void {
    this.#signal(room, signal).catch(this.#tools.report)
  }

  #signal(room: Slug, signal: BusSignal): Promise<void> {
    return this.#tools.bus.signal(room, signal)
  }

  #reload(room: Slug): KeptRoom {
    this.#roomCache.reload(room)
    return this.#requireRoom(room).room
  }

  #requireRoom(room: Slug): CachedRoom {
    const cached = this.#roomCache.get(room)
    if (!cached) throw notFound()
    return cached
  }

  #scopeOf(room: Slug): RoomScope {
    const {
      id,
      room: { slug, retention },
    } = this.#requireRoom(room)
    return { id, slug, since: retention === undefined ? 0 : this.#now() - retention }
  }

  #authorDigest(room: Slug, member: Member): string {
    return authorDigest(this.#tools.secrets, room, member)
  }

  #now(): number {
    return this.#tools.clock.now()
  }
}

/** Whether the data folder has a database. */
export function databaseExists(folder: string): boolean {
  return existsSync(databasePath(folder))
}

/** The path of the database in a data folder. */
export function databasePath(folder: string): string {
  return join(folder, 'rooms.db')
}

function changerDigest(changer: EditAuthorization): string | undefined {
  return changer === 'owner' ? undefined : changer.by
}

function notFound(): Refusal {
  return new Refusal('not-found', 'This is not here any more.')
}
