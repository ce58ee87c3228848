import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { authorship } from '../chat/authorship.ts'
import { type Embedding, NO_EMBEDDING, originsText } from '../chat/embedding.ts'
import {
  type Author,
  type Deleted,
  type Edited,
  type EventId,
  epochAt,
  type Posted,
  type RoomEvent,
} from '../chat/event.ts'
import { type KeptRoom, keepsTheSame, RESERVED_MS, type Settings } from '../chat/kept-room.ts'
import type { Member } from '../chat/member.ts'
import type { Draft } from '../chat/message.ts'
import type { Bus, Changer, Clock, Page, PageOf, Secrets, Store, Undo } from '../chat/ports.ts'
import { Refusal } from '../chat/refusal.ts'
import type { Slug } from '../chat/room.ts'
import type { Signal } from '../chat/signal.ts'
import { refuse } from './denial.ts'
import { exportLines } from './export.ts'
import { GroupCommit, WAITING_MAX } from './group-commit.ts'
import { openForReading } from './open-database.ts'
import type { Done, Operation, Outcome } from './operation.ts'
import { Reading, type RoomAt } from './reading.ts'
import { type RoomRow, readRoom } from './rows.ts'
import { SqliteTokens } from './tokens.ts'

/** How long a kept room knows a key. */
const KEY_TTL_MS = 86_400_000

/** How often what is over is deleted: within a minute of its time. */
const EXPIRE_MS = 30_000

export interface SqliteTools {
  readonly clock: Clock
  readonly secrets: Secrets
  readonly bus: Pick<Bus, 'carry' | 'signal'>
  /** The writing thread's program, as text. */
  readonly writer: string
  /** Takes what went wrong where nobody waits for an answer. */
  readonly report: (error: unknown) => void
}

interface KnownRoom {
  readonly room: KeptRoom
  readonly id: number
  readonly owner: string
  readonly embedding: Embedding
  /** The number of the newest event that was carried. */
  carried: number
}

/** Kept rooms of a single process, in one file of the data folder. */
export class SqliteStore implements Store {
  readonly tokens: SqliteTokens
  readonly #tools: SqliteTools
  readonly #group: GroupCommit
  readonly #reading: Reading
  // All of them: a few hundred bytes each.
  readonly #rooms = new Map<Slug, KnownRoom>()
  readonly #reserved = new Map<Slug, number>()
  readonly #listed = new Set<Slug>()
  #stopExpiring: Undo
  #closed = false

  private constructor(tools: SqliteTools, group: GroupCommit, reading: Reading, tokens: SqliteTokens) {
    this.#tools = tools
    this.#group = group
    this.#reading = reading
    this.tokens = tokens
    this.#load()
    this.#stopExpiring = tools.clock.after(0, () => this.#expire())
  }

  /** @throws UnusableDatabase */
  static async open(folder: string, tools: SqliteTools): Promise<SqliteStore> {
    const path = databaseIn(folder)
    const { writer: program, report, clock } = tools
    const now = () => clock.now()
    const recover = () => store.#recover()
    const group = await GroupCommit.open({ program, path, now, report, recover })
    const database = openForReading(path)
    const write = (operation: Operation) => group.write(operation, (outcome) => outcome)
    const tokens = new SqliteTokens({ database, write, clock, report })
    const store = new SqliteStore(tools, group, new Reading(database), tokens)
    return store
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    this.#stopExpiring()
    this.tokens.close()
    await this.#group.close(() => this.#reading.close())
  }

  async find(room: Slug): Promise<KeptRoom | undefined> {
    return this.#rooms.get(room)?.room
  }

  async reservedUntil(room: Slug): Promise<number | undefined> {
    const until = this.#reserved.get(room)
    return until !== undefined && until > this.#now() ? until : undefined
  }

  async create(room: Slug, settings: Settings, owner: string): Promise<KeptRoom | undefined> {
    if (this.#rooms.has(room)) return undefined
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
    return [...this.#listed]
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
    this.#expireSoon()
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
      this.#rooms.delete(room)
      this.#listed.delete(room)
      this.#reserved.set(room, reservedUntil)
      return this.#signal(room, { kind: 'closed' })
    })
    this.#expireSoon()
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
    const before = new Map(this.#rooms)
    this.#load()
    for (const slug of before.keys()) if (!this.#rooms.has(slug)) this.#tell(slug, { kind: 'closed' })
    for (const [slug, { room: settings, carried: top }] of this.#rooms) {
      const was = before.get(slug)
      if (!was || !keepsTheSame(was.room, settings))
        this.#tell(slug, { kind: 'settings', settings, made: !was })
      const carried = was?.carried ?? top
      if (carried === top) continue
      for (const event of this.#reading.between(this.#at(slug), carried, top, WAITING_MAX))
        this.#carry(event).catch(this.#tools.report)
    }
  }

  #tell(room: Slug, signal: Signal): void {
    this.#signal(room, signal).catch(this.#tools.report)
  }

  #signal(room: Slug, signal: Signal): Promise<void> {
    return this.#tools.bus.signal(room, signal)
  }

  #load(): void {
    this.#rooms.clear()
    this.#reserved.clear()
    this.#listed.clear()
    for (const row of this.#reading.rooms()) this.#know(readRoom(row))
  }

  #reload(room: Slug): KeptRoom {
    const row = this.#reading.room(room)
    if (row) this.#know(readRoom(row))
    return this.#room(room).room
  }

  #know({ slug, reservedUntil, owner, ...known }: RoomRow): void {
    if (owner === undefined) this.#reserved.set(slug, reservedUntil)
    else {
      this.#reserved.delete(slug)
      this.#rooms.set(slug, { ...known, owner })
      if (known.room.listed) this.#listed.add(slug)
      else this.#listed.delete(slug)
    }
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

  #expireSoon(): void {
    this.#stopExpiring()
    this.#stopExpiring = this.#tools.clock.after(0, () => this.#expire())
  }

  #expire(): void {
    this.#stopExpiring = () => {}
    const next = (outcome?: Outcome) => {
      if (this.#closed) return
      this.#stopExpiring()
      const wait = outcome?.kind === 'swept' && outcome.more ? 0 : EXPIRE_MS
      this.#stopExpiring = this.#tools.clock.after(wait, () => this.#expire())
    }
    const take = (outcome: Outcome) => {
      if (outcome.kind !== 'swept') refuse(outcome)
      return outcome
    }
    this.#group.write({ kind: 'expire', now: this.#now() }, take).then(next, (error) => {
      this.#tools.report(error)
      next()
    })
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
