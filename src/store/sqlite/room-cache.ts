import type { Embedding } from '../../chat/embedding.ts'
import type { KeptRoom } from '../../chat/kept-room.ts'
import type { Slug } from '../../chat/room.ts'
import type { DatabaseReader } from './read.ts'
import { type RoomRow, readRoom } from './rows.ts'

export interface CachedRoom {
  readonly room: KeptRoom
  readonly id: number
  readonly owner: string
  readonly embedding: Embedding
  /** The number of the newest event that was carried. */
  publishedSeq: number
}

/** All rooms of the database and all names that are reserved, a few hundred bytes each: nobody waits to know one. */
export class SqliteRoomCache {
  readonly #reader: Pick<DatabaseReader, 'room' | 'rooms'>
  readonly #rooms = new Map<Slug, CachedRoom>()
  readonly #reserved = new Map<Slug, number>()
  readonly #listed = new Set<Slug>()

  constructor(reading: Pick<DatabaseReader, 'room' | 'rooms'>) {
    this.#reader = reading
    this.load()
  }

  get(room: Slug): CachedRoom | undefined {
    return this.#rooms.get(room)
  }

  entries(): Iterable<[Slug, CachedRoom]> {
    return this.#rooms
  }

  get listed(): readonly Slug[] {
    return [...this.#listed]
  }

  /** Until when a deleted room's name is nobody's, in milliseconds since 1970; that may be past. */
  reservedUntil(room: Slug): number | undefined {
    return this.#reserved.get(room)
  }

  /** Reads all of them. */
  load(): void {
    this.#rooms.clear()
    this.#reserved.clear()
    this.#listed.clear()
    for (const row of this.#reader.rooms()) this.#addRow(readRoom(row))
  }

  /** Reads what a room is by now. */
  reload(room: Slug): void {
    const row = this.#reader.room(room)
    if (row) this.#addRow(readRoom(row))
  }

  remove(room: Slug, reservedUntil: number): void {
    this.#rooms.delete(room)
    this.#listed.delete(room)
    this.#reserved.set(room, reservedUntil)
  }

  #addRow({ slug, reservedUntil, owner, ...known }: RoomRow): void {
    if (owner === undefined) this.#reserved.set(slug, reservedUntil)
    else {
      this.#reserved.delete(slug)
      this.#rooms.set(slug, { ...known, owner })
      if (known.room.listed) this.#listed.add(slug)
      else this.#listed.delete(slug)
    }
  }
}
