import { type Embedding, NO_EMBEDDING } from '../../chat/embedding.ts'
import type { Author, Deleted, Edited, EventId, Posted, RoomEvent } from '../../chat/event.ts'
import type { KeptRoom, Settings } from '../../chat/kept-room.ts'
import type { Member } from '../../chat/member.ts'
import type { Draft } from '../../chat/message.ts'
import type { Changer, Page, PageOf, Store } from '../../chat/ports/store.ts'
import { Refusal } from '../../chat/refusal.ts'
import type { Slug } from '../../chat/room.ts'
import type { SqliteStore } from './store.ts'

/** A store that is opened when the first thing must be kept: before that nothing is written anywhere. */
export class OnDemandStore implements Store {
  readonly #open: () => Promise<SqliteStore>
  readonly #isThere: () => boolean
  #store: SqliteStore | undefined
  #opening: Promise<SqliteStore> | undefined

  /**
   * @param store what is there already, from an earlier start
   * @param open makes it where there is none
   * @param isThere whether another process made it meanwhile: the operator's
   */
  constructor(
    store: SqliteStore | undefined,
    open: () => Promise<SqliteStore>,
    isThere: () => boolean = () => false,
  ) {
    this.#store = store
    this.#open = open
    this.#isThere = isThere
  }

  get opened(): SqliteStore | undefined {
    return this.#store
  }

  /** The store, if something is kept in it. */
  async there(): Promise<SqliteStore | undefined> {
    return this.#store ?? (this.#isThere() ? this.make() : undefined)
  }

  /** @throws Refusal `full` where it can’t be made */
  async make(): Promise<SqliteStore> {
    this.#opening ??= this.#store ? Promise.resolve(this.#store) : this.#open()
    try {
      this.#store = await this.#opening
      return this.#store
    } catch (error) {
      // Perhaps the folder can be made the next time.
      this.#opening = undefined
      throw error
    }
  }

  async find(room: Slug): Promise<KeptRoom | undefined> {
    return this.#store?.find(room)
  }

  async reservedUntil(room: Slug): Promise<number | undefined> {
    return this.#store?.reservedUntil(room)
  }

  async create(room: Slug, settings: Settings, owner: string): Promise<KeptRoom | undefined> {
    return (await this.make()).create(room, settings, owner)
  }

  async listed(): Promise<readonly Slug[]> {
    return (await this.#store?.listed()) ?? []
  }

  async isOwner(room: Slug, owner: string): Promise<boolean> {
    return (await this.#store?.isOwner(room, owner)) ?? false
  }

  async change(room: Slug, settings: Settings): Promise<KeptRoom> {
    return this.#kept().change(room, settings)
  }

  async embedding(room: Slug): Promise<Embedding> {
    return (await this.#store?.embedding(room)) ?? NO_EMBEDDING
  }

  async embed(room: Slug, embedding: Embedding): Promise<void> {
    return this.#kept().embed(room, embedding)
  }

  async remove(room: Slug): Promise<void> {
    return this.#kept().remove(room)
  }

  async append(room: Slug, member: Member, author: Author, draft: Draft): Promise<Posted> {
    return this.#kept().append(room, member, author, draft)
  }

  async edit(room: Slug, id: EventId, changer: Changer, text: string): Promise<Edited> {
    return this.#kept().edit(room, id, changer, text)
  }

  async erase(room: Slug, id: EventId, changer: Changer): Promise<Deleted> {
    return this.#kept().erase(room, id, changer)
  }

  async top(room: Slug): Promise<EventId> {
    return this.#kept().top(room)
  }

  async knows(room: Slug, id: EventId): Promise<boolean> {
    return this.#kept().knows(room, id)
  }

  async between(room: Slug, after: EventId, upTo: EventId, limit: number): Promise<RoomEvent[]> {
    return this.#kept().between(room, after, upTo, limit)
  }

  async page(room: Slug, of: PageOf, limit: number): Promise<Page> {
    return this.#kept().page(room, of, limit)
  }

  async *export(room: Slug): AsyncGenerator<string, void, void> {
    yield* this.#kept().export(room)
  }

  async message(room: Slug, id: EventId, by: string): Promise<{ message: Posted; own: boolean } | undefined> {
    return this.#kept().message(room, id, by)
  }

  async close(): Promise<void> {
    const opening = this.#opening?.catch(() => undefined)
    await (this.#store ?? (await opening))?.close()
  }

  #kept(): SqliteStore {
    if (!this.#store) throw new Refusal('not-found', 'This room is not here any more.')
    return this.#store
  }
}
