import { DEFAULT_EMBEDDING, type Embedding } from '../../chat/embedding.ts'
import type { Author, Deleted, Edited, EventId, Posted, RoomEvent } from '../../chat/event.ts'
import type { KeptRoom, Settings } from '../../chat/kept-room.ts'
import type { Member } from '../../chat/member.ts'
import type { Draft } from '../../chat/message.ts'
import type { EditAuthorization, HistoryPage, HistoryQuery, Store } from '../../chat/ports/store.ts'
import { Refusal } from '../../chat/refusal.ts'
import type { Slug } from '../../chat/room.ts'
import type { SqliteStore } from './store.ts'

/** Opens the store when something must be kept for the first time. Before that, nothing is written to disk. */
export class LazyStore implements Store {
  readonly #open: () => Promise<SqliteStore>
  readonly #exists: () => boolean
  #store: SqliteStore | undefined
  #opening: Promise<SqliteStore> | undefined

  /**
   * @param store the store that an earlier start left, if there is one
   * @param open creates the store
   * @param exists whether a command of the operator has created the database in the meantime
   */
  constructor(
    store: SqliteStore | undefined,
    open: () => Promise<SqliteStore>,
    exists: () => boolean = () => false,
  ) {
    this.#store = store
    this.#open = open
    this.#exists = exists
  }

  get opened(): SqliteStore | undefined {
    return this.#store
  }

  /** Why nothing can be stored, if that is so. */
  get problem(): string | undefined {
    return this.#store?.problem
  }

  /** Whether a commit is under way. */
  get isCommitting(): boolean {
    return this.#store?.isCommitting ?? false
  }

  /** The store, if its database exists. */
  async openIfExists(): Promise<SqliteStore | undefined> {
    return this.#store ?? (this.#exists() ? this.getOrCreate() : undefined)
  }

  /** @throws Refusal `full` if the store can't be created */
  async getOrCreate(): Promise<SqliteStore> {
    this.#opening ??= this.#store ? Promise.resolve(this.#store) : this.#open()
    try {
      this.#store = await this.#opening
      return this.#store
    } catch (error) {
      // The next attempt to create the folder may succeed.
      this.#opening = undefined
      throw error
    }
  }

  async findKeptRoom(room: Slug): Promise<KeptRoom | undefined> {
    return this.#store?.findKeptRoom(room)
  }

  async reservedUntil(room: Slug): Promise<number | undefined> {
    return this.#store?.reservedUntil(room)
  }

  async createRoom(room: Slug, settings: Settings, owner: string): Promise<KeptRoom | undefined> {
    return (await this.getOrCreate()).createRoom(room, settings, owner)
  }

  async listedRooms(): Promise<readonly Slug[]> {
    return (await this.#store?.listedRooms()) ?? []
  }

  async isOwner(room: Slug, owner: string): Promise<boolean> {
    return (await this.#store?.isOwner(room, owner)) ?? false
  }

  async changeSettings(room: Slug, settings: Settings): Promise<KeptRoom> {
    return this.#requireStore().changeSettings(room, settings)
  }

  async readEmbedding(room: Slug): Promise<Embedding> {
    return (await this.#store?.readEmbedding(room)) ?? DEFAULT_EMBEDDING
  }

  async changeEmbedding(room: Slug, embedding: Embedding): Promise<void> {
    return this.#requireStore().changeEmbedding(room, embedding)
  }

  async deleteRoom(room: Slug): Promise<void> {
    return this.#requireStore().deleteRoom(room)
  }

  async append(room: Slug, member: Member, author: Author, draft: Draft): Promise<Posted> {
    return this.#requireStore().append(room, member, author, draft)
  }

  async edit(room: Slug, id: EventId, changer: EditAuthorization, text: string): Promise<Edited> {
    return this.#requireStore().edit(room, id, changer, text)
  }

  async deleteMessage(room: Slug, id: EventId, changer: EditAuthorization): Promise<Deleted> {
    return this.#requireStore().deleteMessage(room, id, changer)
  }

  async top(room: Slug): Promise<EventId> {
    return this.#requireStore().top(room)
  }

  async hasEvent(room: Slug, id: EventId): Promise<boolean> {
    return this.#requireStore().hasEvent(room, id)
  }

  async readEvents(room: Slug, after: EventId, upTo: EventId, limit: number): Promise<RoomEvent[]> {
    return this.#requireStore().readEvents(room, after, upTo, limit)
  }

  async readPage(room: Slug, query: HistoryQuery, limit: number): Promise<HistoryPage> {
    return this.#requireStore().readPage(room, query, limit)
  }

  async *export(room: Slug): AsyncGenerator<string, void, void> {
    yield* this.#requireStore().export(room)
  }

  async readMessage(
    room: Slug,
    id: EventId,
    by: string,
  ): Promise<{ message: Posted; own: boolean } | undefined> {
    return this.#requireStore().readMessage(room, id, by)
  }

  async close(): Promise<void> {
    const opening = this.#opening?.catch(() => undefined)
    await (this.#store ?? (await opening))?.close()
  }

  #requireStore(): SqliteStore {
    if (!this.#store) throw new Refusal('not-found', 'This room is not here any more.')
    return this.#store
  }
}
