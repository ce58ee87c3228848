import type { Embedding } from '../../chat/embedding.ts'
import type { KeptRoom } from '../../chat/kept-room.ts'
import { Refusal } from '../../chat/refusal.ts'
import type { Slug } from '../../chat/room.ts'
import type { DatabaseReader } from './read.ts'
import { DamagedRow, type RoomRow, type Row, readRoom } from './rows.ts'

const DAMAGED =
  'This room can’t be opened: what is stored of it is damaged. The log of this server says more.'
const DAMAGED_RETRY_SECONDS = 60

export interface CachedRoom {
  readonly room: KeptRoom
  readonly id: number
  readonly owner: string
  readonly embedding: Embedding
  /** The seq of the newest event that was published. */
  publishedSeq: number
}

/** All rooms and reserved slugs of the database, some hundred bytes each, so that no lookup needs a query. */
export class SqliteRoomCache {
  readonly #reader: Pick<DatabaseReader, 'room' | 'rooms'>
  readonly #rooms = new Map<Slug, CachedRoom>()
  readonly #reserved = new Map<Slug, number>()
  readonly #listed = new Set<Slug>()
  readonly #damaged = new Set<Slug>()
  readonly #report: (error: unknown) => void

  /** @param report receives the errors of damaged rows */
  constructor(reader: Pick<DatabaseReader, 'room' | 'rooms'>, report: (error: unknown) => void) {
    this.#reader = reader
    this.#report = report
    this.load()
  }

  /** @throws Refusal `busy` for a room whose row is damaged: the room is closed until the row is mended */
  get(room: Slug): CachedRoom | undefined {
    if (this.#damaged.has(room)) throw new Refusal('busy', DAMAGED, DAMAGED_RETRY_SECONDS)
    return this.#rooms.get(room)
  }

  /** Whether there is such a room, closed or not. */
  has(room: Slug): boolean {
    return this.#rooms.has(room) || this.#damaged.has(room)
  }

  entries(): Iterable<[Slug, CachedRoom]> {
    return this.#rooms
  }

  get listed(): readonly Slug[] {
    return [...this.#listed]
  }

  /** When the reservation of a deleted room's slug ends, in milliseconds since 1970. It may be in the past. */
  reservedUntil(room: Slug): number | undefined {
    return this.#reserved.get(room)
  }

  /** Reads all rooms. */
  load(): void {
    this.#rooms.clear()
    this.#reserved.clear()
    this.#listed.clear()
    this.#damaged.clear()
    for (const row of this.#reader.rooms()) this.#addRow(row)
  }

  /** Reads one room again. */
  reload(room: Slug): void {
    const row = this.#reader.room(room)
    if (row) this.#addRow(row)
  }

  remove(room: Slug, reservedUntil: number): void {
    this.#rooms.delete(room)
    this.#listed.delete(room)
    this.#reserved.set(room, reservedUntil)
  }

  #addRow(row: Row): void {
    try {
      this.#addRoom(readRoom(row))
    } catch (error) {
      if (!(error instanceof DamagedRow)) throw error
      this.remove(String(row.slug) as Slug, 0)
      this.#damaged.add(String(row.slug) as Slug)
      this.#report(error)
    }
  }

  #addRoom({ slug, reservedUntil, owner, ...cached }: RoomRow): void {
    if (owner === undefined) this.#reserved.set(slug, reservedUntil)
    else {
      this.#reserved.delete(slug)
      this.#rooms.set(slug, { ...cached, owner })
      if (cached.room.listed) this.#listed.add(slug)
      else this.#listed.delete(slug)
    }
  }
}
