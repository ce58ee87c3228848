import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { authorship } from '../../chat/author-digest.ts'
import { type Embedding, NO_EMBEDDING, originsText } from '../../chat/embedding.ts'
import {
  type Author,
  type Deleted,
  type Edited,
  type EventId,
  epochAt,
  type Posted,
  type RoomEvent,
} from '../../chat/event.ts'
import { type KeptRoom, keepsTheSame, RESERVED_MS, type Settings } from '../../chat/kept-room.ts'
import type { Member } from '../../chat/member.ts'
import type { Draft } from '../../chat/message.ts'
import type { Bus } from '../../chat/ports/bus.ts'
import type { Clock } from '../../chat/ports/clock.ts'
import type { Secrets } from '../../chat/ports/secrets.ts'
import type { Changer, Page, PageOf, Store } from '../../chat/ports/store.ts'
import { Refusal } from '../../chat/refusal.ts'
import type { Slug } from '../../chat/room.ts'
import type { BusSignal } from '../../chat/signal.ts'
import { refuse } from '../rejection.ts'
import { Expiry } from './expiry.ts'
import { exportLines } from './export.ts'
import { GroupCommit, WAITING_MAX } from './group-commit.ts'
import { openForReading } from './open-database.ts'
import type { Done, Operation } from './operation.ts'
import { Reading, type RoomAt } from './read.ts'
import { type KnownRoom, KnownRooms } from './room-cache.ts'
import { SqliteTokens } from './tokens.ts'

/** How long a kept room knows a key. */
const KEY_TTL_MS = 86_400_000

export interface SqliteTools {
  readonly clock: Clock
  readonly secrets: Secrets
  readonly bus: Pick<Bus, 'carry' | 'signal'>
  /** The writing thread's program, as text. */
  readonly writer: string
  /** Takes what went wrong where nobody waits for an answer. */
  readonly report: (error: unknown) => void
}

/** Kept rooms of a single process, in one file of the data folder. */
export class SqliteStore implements Store {
  readonly tokens: SqliteTokens
  readonly #tools: SqliteTools
  readonly #group: GroupCommit
  readonly #reading: Reading
  readonly #rooms: KnownRooms
  readonly #expiry: Expiry
  #closed = false

  private constructor(tools: SqliteTools, group: GroupCommit, database: DatabaseSync) {
    const { clock, report } = tools
    const write = (operation: Operation) => group.write(operation, (outcome) => outcome)
    this.#tools = tools
    this.#group = group
    this.#reading = new Reading(database)
    this.#rooms = new KnownRooms(this.#reading)
    this.tokens = new SqliteTokens({ database, write, clock, report })
    this.#expiry = new Expiry({ write, clock, report })
  }

  /** @throws UnusableDatabase */
  static async open(folder: string, tools: SqliteTools): Promise<SqliteStore> {
    const path = databaseIn(folder)
    const { writer: program, report, clock } = tools
    const now = () => clock.now()
    const recover = () => store.#recover()
    const group = await GroupCommit.open({ program, path, now, report, recover })
    const store = new SqliteStore(tools, group, openForReading(path))
    return store
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    this.#expiry.stop()
    this.tokens.close()
    await this.#group.close(() => this.#reading.close())
  }

  async find(room: Slug): Promise<KeptRoom | undefined> {
    return this.#rooms.get(room)?.room
  }

  async reservedUntil(room: Slug): Promise<number | undefined> {
    const until = this.#rooms.reservedUntil(room)
    return until !== undefined && until > this.#now() ? until : undefined
  }

  async create(room: Slug, settings: Settings, owner: string): Promise<KeptRoom | undefined> {
    if (this.#rooms.get(room)) return undefined
    const now = this.#now()
    const create: Operation = { kind: 'create', room, epoch: epochAt(now), settings, owner, now }
    return this.#group.write(create, (outcome) => {
      if (outcome.kind === 'denied' && outcome.denial === 'exists') return undefined
      refuse(outcome)
      const made = this.#reload(room)
      return this.#signal(room, { kind: 'settings', settings, made: true }).then(() => made)
    })
  }

  async listed(): Promise<readonly Slug[]> {
    return this.#rooms.listed
  }

  async isOwner(room: Slug, owner: string): Promise<boolean> {
    // Both are digests: comparing them tells nobody anything.
    return this.#rooms.get(room)?.owner === owner
  }

  async change(room: Slug, settings: Settings): Promise<KeptRoom> {
    const changed = await this.#write({ kind: 'change', room, settings }, async () => {
      const before = this.#rooms.get(room)?.room
      const after = this.#reload(room)
      if (before && !keepsTheSame(before, after))
        await this.#signal(room, { kind: 'settings', settings, made: false })
      return after
    })
    this.#expiry.soon()
    return changed
  }

  async embedding(room: Slug): Promise<Embedding> {
    return this.#rooms.get(room)?.embedding ?? NO_EMBEDDING
  }

  async embed(room: Slug, { origins, secret }: Embedding): Promise<void> {
    const operation: Operation = { kind: 'embed', room, origins: origins && originsText(origins), secret }
    await this.#write(operation, () => this.#reload(room))
  }

  async remove(room: Slug): Promise<void> {
    const reservedUntil = this.#now() + RESERVED_MS
    await this.#write({ kind: 'remove', room, reservedUntil }, () => {
      this.#rooms.remove(room, reservedUntil)
      return this.#signal(room, { kind: 'closed' })
    })
    this.#expiry.soon()
  }

  async append(room: Slug, member: Member, author: Author, draft: Draft): Promise<Posted> {
    this.#room(room)
    const { text } = draft
    const at = this.#now()
    const key = draft.key && {
      key: draft.key,
      digest: this.#tools.secrets.digest('text', text),
      until: at + KEY_TTL_MS,
    }
    const by = this.#by(room, member)
    const operation: Operation = { kind: 'append', room, at, by, author, text, key: key || undefined }
    return this.#write(operation, ({ id, fresh, message }) => {
      if (fresh) return this.#carry({ kind: 'posted', id, room, at, author, text, kept: true })
      // A repeat is answered with the message as it was, whatever became of it.
      return { kind: 'posted', id, room, at, author, ...message, text, kept: true }
    })
  }

  async edit(room: Slug, id: EventId, changer: Changer, text: string): Promise<Edited> {
    const at = this.#now()
    return this.#write({ kind: 'edit', room, at, id, by: byOf(changer), text }, (done) => {
      if (!done.message) throw new Error('An edit came without its message')
      const message: Posted = { kind: 'posted', id, room, ...done.message, text, editedAt: at, kept: true }
      return this.#carry({ kind: 'edited', id: done.id, room, at, message })
    })
  }

  async erase(room: Slug, id: EventId, changer: Changer): Promise<Deleted> {
    const at = this.#now()
    return this.#write({ kind: 'erase', room, at, id, by: byOf(changer) }, (done) =>
      this.#carry({ kind: 'deleted', id: done.id, room, at, of: id }),
    )
  }

  async top(room: Slug): Promise<EventId> {
    return this.#reading.top(this.#at(room))
  }

  async knows(room: Slug, id: EventId): Promise<boolean> {
    const at = this.#at(room)
    const top = this.#reading.top(at)
    return id.epoch === top.epoch ? id.seq <= top.seq : this.#reading.reaches(at, id)
  }

  async between(room: Slug, after: EventId, upTo: EventId, limit: number): Promise<RoomEvent[]> {
    return this.#reading.between(this.#at(room), after.seq, upTo.seq, limit)
  }

  async page(room: Slug, of: PageOf, limit: number): Promise<Page> {
    return this.#reading.page(this.#at(room), of, limit)
  }

  async *export(room: Slug): AsyncGenerator<string, void, void> {
    this.#room(room)
    yield* exportLines(this.#reading, room, this.#now(), { digests: false })
  }

  async message(room: Slug, id: EventId, by: string): Promise<{ message: Posted; own: boolean } | undefined> {
    const found = this.#reading.message(this.#at(room), id)
    return found && { message: found.posted, own: found.by === by }
  }

  /** @param take makes the result in the order of what is written */
  #write<Result>(operation: Operation, take: (done: Done) => Result): Promise<Awaited<Result>> {
    return this.#group.write(operation, (outcome) => take(refuse(outcome)))
  }

  // The bus takes it at once: the order of calls is the order of seq.
  async #carry<Event extends RoomEvent>(event: Event): Promise<Event> {
    const known = this.#rooms.get(event.room)
    if (known) known.carried = event.id.seq
    await this.#tools.bus.carry(event)
    return event
  }

  // What a thread had stored when it ended was told to nobody.
  #recover(): void {
    const before = new Map(this.#rooms.entries())
    this.#rooms.load()
    for (const slug of before.keys()) if (!this.#rooms.get(slug)) this.#tell(slug, { kind: 'closed' })
    for (const [slug, { room: settings, carried: top }] of this.#rooms.entries()) {
      const was = before.get(slug)
      if (!was || !keepsTheSame(was.room, settings))
        this.#tell(slug, { kind: 'settings', settings, made: !was })
      const carried = was?.carried ?? top
      if (carried === top) continue
      for (const event of this.#reading.between(this.#at(slug), carried, top, WAITING_MAX))
        this.#carry(event).catch(this.#tools.report)
    }
  }

  #tell(room: Slug, signal: BusSignal): void {
    this.#signal(room, signal).catch(this.#tools.report)
  }

  #signal(room: Slug, signal: BusSignal): Promise<void> {
    return this.#tools.bus.signal(room, signal)
  }

  #reload(room: Slug): KeptRoom {
    this.#rooms.reload(room)
    return this.#room(room).room
  }

  #room(room: Slug): KnownRoom {
    const known = this.#rooms.get(room)
    if (!known) throw gone()
    return known
  }

  #at(room: Slug): RoomAt {
    const {
      id,
      room: { slug, retention },
    } = this.#room(room)
    return { id, slug, since: retention === undefined ? 0 : this.#now() - retention }
  }

  #by(room: Slug, member: Member): string {
    return authorship(this.#tools.secrets, room, member)
  }

  #now(): number {
    return this.#tools.clock.now()
  }
}

/** Whether rooms were kept in the folder before. */
export function isDatabaseIn(folder: string): boolean {
  return existsSync(databaseIn(folder))
}

/** The file of a data folder that holds its kept rooms. */
export function databaseIn(folder: string): string {
  return join(folder, 'rooms.db')
}

function byOf(changer: Changer): string | undefined {
  return changer === 'owner' ? undefined : changer.by
}

function gone(): Refusal {
  return new Refusal('not-found', 'This is not here any more.')
}
