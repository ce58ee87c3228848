import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { authorship } from '../chat/authorship.ts'
import {
  type Author,
  type Deleted,
  type Edited,
  type EventId,
  epochAt,
  type Posted,
  type RoomEvent,
} from '../chat/event.ts'
import { type KeptRoom, RESERVED_MS, type Settings } from '../chat/kept-room.ts'
import type { Member } from '../chat/member.ts'
import type { Draft } from '../chat/message.ts'
import type { Bus, Changer, Clock, Page, PageOf, Secrets, Store, Undo } from '../chat/ports.ts'
import { Refusal } from '../chat/refusal.ts'
import type { Slug } from '../chat/room.ts'
import { refuse } from './denial.ts'
import { GroupCommit } from './group-commit.ts'
import { openForReading } from './open-database.ts'
import type { Operation } from './operation.ts'
import { Reading, type RoomAt } from './reading.ts'

/** How long a kept room knows a key. */
const KEY_TTL_MS = 86_400_000

/** How often what is over is deleted: within a minute of its time. */
const EXPIRE_MS = 30_000

export interface SqliteTools {
  readonly clock: Clock
  readonly secrets: Secrets
  readonly bus: Pick<Bus, 'carry'>
  /** The writing thread's program, as text. */
  readonly writer: string
  /** Takes what went wrong where nobody waits for an answer. */
  readonly report: (error: unknown) => void
}

interface KnownRoom {
  readonly room: KeptRoom
  readonly id: number
  readonly epoch: string
  readonly owner: string
}

/** Kept rooms of a single process, in one file of the data folder. */
export class SqliteStore implements Store {
  readonly #tools: SqliteTools
  readonly #group: GroupCommit
  readonly #reading: Reading
  // All of them: a few hundred bytes each.
  readonly #rooms = new Map<Slug, KnownRoom>()
  readonly #reserved = new Map<Slug, number>()
  #listed: Slug[] = []
  #stopExpiring: Undo
  #closed = false

  private constructor(tools: SqliteTools, group: GroupCommit, reading: Reading) {
    this.#tools = tools
    this.#group = group
    this.#reading = reading
    this.#load()
    this.#stopExpiring = tools.clock.after(0, () => this.#expire())
  }

  /** @throws UnusableDatabase */
  static async open(folder: string, tools: SqliteTools): Promise<SqliteStore> {
    const path = databaseIn(folder)
    const group = await GroupCommit.open(tools.writer, path)
    return new SqliteStore(tools, group, new Reading(openForReading(path)))
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#stopExpiring()
    await this.#group.close()
    this.#reading.close()
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
    const outcome = await this.#group.write({
      kind: 'create',
      room,
      epoch: epochAt(now),
      settings,
      owner,
      now,
    })
    if (outcome.kind === 'denied' && outcome.denial === 'exists') return undefined
    refuse(outcome)
    this.#load()
    return this.#room(room).room
  }

  async listed(): Promise<readonly Slug[]> {
    return this.#listed
  }

  async isOwner(room: Slug, owner: string): Promise<boolean> {
    // Both are digests: comparing them tells nobody anything.
    return this.#rooms.get(room)?.owner === owner
  }

  async change(room: Slug, settings: Settings): Promise<KeptRoom> {
    await this.#write({ kind: 'change', room, settings })
    this.#load()
    this.#expireSoon()
    return this.#room(room).room
  }

  async remove(room: Slug): Promise<void> {
    await this.#write({ kind: 'remove', room, reservedUntil: this.#now() + RESERVED_MS })
    this.#load()
  }

  async append(room: Slug, member: Member, author: Author, draft: Draft): Promise<Posted> {
    const { epoch } = this.#room(room)
    const at = this.#now()
    const key = draft.key && {
      key: draft.key,
      digest: this.#tools.secrets.digest('text', draft.text),
      until: at + KEY_TTL_MS,
    }
    const { text } = draft
    const by = this.#by(room, member)
    const { seq, fresh } = await this.#write({
      kind: 'append',
      room,
      at,
      by,
      author,
      text,
      key: key || undefined,
    })
    if (!fresh) return this.#first(room, epoch, seq, { author, text, at })
    const event: Posted = { kind: 'posted', id: { epoch, seq }, room, at, author, text, kept: true }
    await this.#tools.bus.carry(event)
    return event
  }

  async edit(room: Slug, id: EventId, changer: Changer, text: string): Promise<Edited> {
    const { epoch } = this.#room(room)
    const at = this.#now()
    const { seq } = await this.#write({ kind: 'edit', room, at, id, by: byOf(changer), text })
    const found = this.#reading.message(this.#at(room), id)
    if (!found) throw gone()
    const event: Edited = { kind: 'edited', id: { epoch, seq }, room, at, message: found.posted }
    await this.#tools.bus.carry(event)
    return event
  }

  async erase(room: Slug, id: EventId, changer: Changer): Promise<Deleted> {
    const { epoch } = this.#room(room)
    const at = this.#now()
    const { seq } = await this.#write({ kind: 'erase', room, at, id, by: byOf(changer) })
    const event: Deleted = { kind: 'deleted', id: { epoch, seq }, room, at, of: id }
    await this.#tools.bus.carry(event)
    return event
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

  async message(room: Slug, id: EventId, by: string): Promise<{ message: Posted; own: boolean } | undefined> {
    const found = this.#reading.message(this.#at(room), id)
    return found && { message: found.posted, own: found.by === by }
  }

  async #write(operation: Operation): Promise<{ seq: number; fresh: boolean }> {
    return refuse(await this.#group.write(operation))
  }

  // A repeat is answered with the message as it was: where it was edited or deleted since, with what it said then.
  #first(room: Slug, epoch: string, seq: number, said: Pick<Posted, 'author' | 'text' | 'at'>): Posted {
    const found = this.#reading.message(this.#at(room), { epoch, seq })
    if (found) {
      const { editedAt: _, ...posted } = found.posted
      return { ...posted, text: said.text }
    }
    return { kind: 'posted', id: { epoch, seq }, room, ...said, kept: true }
  }

  #load(): void {
    this.#rooms.clear()
    this.#reserved.clear()
    for (const row of this.#reading.rooms()) {
      const slug = String(row.slug) as Slug
      if (row.owner === null) this.#reserved.set(slug, Number(row.reserved_until))
      else {
        this.#rooms.set(slug, {
          room: {
            slug,
            retention: row.retention === null ? undefined : Number(row.retention),
            keep: row.keep === null ? undefined : Number(row.keep),
            listed: row.listed === 1,
          },
          id: Number(row.id),
          epoch: String(row.epoch),
          owner: String(row.owner),
        })
      }
    }
    this.#listed = [...this.#rooms.values()].filter(({ room }) => room.listed).map(({ room }) => room.slug)
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
    this.#group
      .write({ kind: 'expire', now: this.#now() })
      .then(refuse)
      .catch(this.#tools.report)
      .finally(() => {
        if (this.#closed) return
        this.#stopExpiring()
        this.#stopExpiring = this.#tools.clock.after(EXPIRE_MS, () => this.#expire())
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
