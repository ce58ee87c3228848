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
  /** The seq of the newest event that was published. */
  publishedSeq: number
}

/** All rooms and reserved slugs of the database, some hundred bytes each, so that no lookup needs a query. */
export class SqliteRoomCache {
  readonly #reader: Pick<DatabaseReader, 'room' | 'rooms'>
  readonly #rooms = new Map<Slug, CachedRoom>()
  readonly #reserved = new Map<Slug, number>()
  readonly #listed = new Set<Slug>()

  constructor(reader: Pick<DatabaseReader, 'room' | 'rooms'>) {
    this.#reader = reader
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

  /** When the reservation of a deleted room's slug ends, in milliseconds since 1970. It may be in the past. */
  reservedUntil(room: Slug): number | undefined {
    return this.#reserved.get(room)
  }

  /** Reads all rooms. */
  load(): void {
    this.#rooms.clear()
    this.#reserved.clear()
    this.#listed.clear()
    for (const row of this.#reader.rooms()) this.#addRow(readRoom(row))
  }

  /** Reads one room again. */
  reload(room: Slug): void {
    const row = this.#reader.room(room)
    if (row) this.#addRow(readRoom(row))
  }

  remove(room: Slug, reservedUntil: number): void {
    this.#rooms.delete(room)
    this.#listed.delete(room)
    this.#reserved.set(room, reservedUntil)
  }

  #addRow({ slug, reservedUntil, owner, ...cached }: RoomRow): void {
    if (owner === undefined) this.#reserved.set(slug, reservedUntil)
    else {
      this.#reserved.delete(slug)
      this.#rooms.set(slug, { ...cached, owner })
      if (cached.room.listed) this.#listed.add(slug)
      else this.#listed.delete(slug)
    }
  }
}
