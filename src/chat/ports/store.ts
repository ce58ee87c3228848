import type { Embedding } from '../embedding.ts'
import type { Author, Deleted, Edited, EventId, Posted, RoomEvent } from '../event.ts'
import type { KeptRoom, Settings } from '../kept-room.ts'
import type { Member } from '../member.ts'
import type { Draft } from '../message.ts'
import type { Slug } from '../room.ts'

/** A page of a kept room's messages, oldest first, and where the room stood when it was read. */
export interface HistoryPage {
  readonly messages: readonly Posted[]
  /** Whether there are older and newer messages than these. */
  readonly older: boolean
  readonly newer: boolean
  readonly top: EventId
}

/** Which messages a page holds: the newest, those before or after a message, or those around it. */
export type HistoryQuery =
  | { readonly kind: 'newest' }
  | { readonly kind: 'before' | 'after' | 'around'; readonly id: EventId }

/** Who may change a message: its author, by a digest of the member, or the room's owner, who may change any. */
export type EditAuthorization = { readonly by: string } | 'owner'

/**
 * Durable truth of kept rooms. What is answered is stored, and is carried by the bus after it is, in the order of seq;
 * who listens is told by the store when a room is made, keeps something else or is deleted, whoever gets the answer.
 * Every method that writes throws Refusal `full` when nothing more can be stored, and `not-found` when the room is
 * not, or no longer, a kept one.
 */
export interface Store {
  /** The kept room of this name. */
  findKeptRoom(room: Slug): Promise<KeptRoom | undefined>
  /** Until when the name of a room that was deleted is nobody's; milliseconds since 1970. */
  reservedUntil(room: Slug): Promise<number | undefined>
  /**
   * Makes a kept room; undefined when there is one of this name already.
   * @param owner proves the owner's link
   * @throws Refusal `conflict` while the name is reserved, and where somebody said something in a vanishing room of this
   * name just now
   */
  createRoom(room: Slug, settings: Settings, owner: string): Promise<KeptRoom | undefined>
  /** Those that the home page shows. */
  listedRooms(): Promise<readonly Slug[]>
  /** Whether this is the digest that the room was made with. */
  isOwner(room: Slug, owner: string): Promise<boolean>
  changeSettings(room: Slug, settings: Settings): Promise<KeptRoom>
  /** What its owner decided of other sites' pages; nothing where there is no kept room. */
  readEmbedding(room: Slug): Promise<Embedding>
  changeEmbedding(room: Slug, embedding: Embedding): Promise<void>
  /** Deletes the room and all that was said in it; its name stays reserved for a while. */
  deleteRoom(room: Slug): Promise<void>
  /**
   * Numbers and stores a message. The same key of the same member gives the first message again.
   * @throws Refusal `invalid` when that key stood for another text
   */
  append(room: Slug, member: Member, author: Author, draft: Draft): Promise<Posted>
  /** @throws Refusal `forbidden` for what another wrote, `not-found` for what is gone */
  edit(room: Slug, id: EventId, changer: EditAuthorization, text: string): Promise<Edited>
  /** @throws Refusal as `edit` */
  deleteMessage(room: Slug, id: EventId, changer: EditAuthorization): Promise<Deleted>
  /** The id of the room's newest event. */
  top(room: Slug): Promise<EventId>
  /** Whether the room's history holds, or held, an event of this id. */
  hasEvent(room: Slug, id: EventId): Promise<boolean>
  /** What happened after one event up to another that the history knows; what is gone since is left out. */
  readEvents(room: Slug, after: EventId, upTo: EventId, limit: number): Promise<RoomEvent[]>
  readPage(room: Slug, of: HistoryQuery, limit: number): Promise<HistoryPage>
  /** All that is kept of the room, as JSON lines, some at a time: without what could tell who of the members is who. */
  export(room: Slug): AsyncIterable<string>
  /** The message, and whether `by` wrote it. */
  readMessage(room: Slug, id: EventId, by: string): Promise<{ message: Posted; own: boolean } | undefined>
}
