import type { Embedding } from '../embedding.ts'
import type { Author, Deleted, Edited, EventId, Posted, RoomEvent } from '../event.ts'
import type { KeptRoom, Settings } from '../kept-room.ts'
import type { Member } from '../member.ts'
import type { Draft } from '../message.ts'
import type { Slug } from '../room.ts'

/** A page of a kept room's messages, oldest first, with the id of the room's newest event at the time of reading. */
export interface HistoryPage {
  readonly messages: readonly Posted[]
  /** Whether there are older messages. */
  readonly older: boolean
  /** Whether there are newer messages. */
  readonly newer: boolean
  readonly top: EventId
}

/** The messages of a page: the newest, those before or after a message, or those around it. */
export type HistoryQuery =
  | { readonly kind: 'newest' }
  | { readonly kind: 'before' | 'after' | 'around'; readonly id: EventId }

/** The right to change messages: an author's own, by the author digest, or as the room's owner all of them. */
export type EditAuthorization = { readonly by: string } | 'owner'

/**
 * The durable storage of kept rooms. A method returns after the data is stored. Events are published on the bus after
 * they are stored, in the order of seq. The store also signals to listeners when a room is created, gets other settings
 * or is deleted, whichever caller did it.
 * Every writing method throws Refusal `full` if nothing more can be stored, and `not-found` if the room is not, or no
 * longer, a kept one.
 */
export interface Store {
  /** The kept room with this slug. */
  findKeptRoom(room: Slug): Promise<KeptRoom | undefined>
  /** When the slug of a deleted room becomes free, in milliseconds since 1970; undefined if it is not reserved. */
  reservedUntil(room: Slug): Promise<number | undefined>
  /**
   * Creates a kept room.
   * @param owner the hash of the token in the owner's link
   * @returns undefined if a kept room with this slug exists
   * @throws Refusal `conflict` while the slug is reserved, and if somebody has just posted in a vanishing room with
   * this slug
   */
  createRoom(room: Slug, settings: Settings, owner: string): Promise<KeptRoom | undefined>
  /** The kept rooms that the home page lists. */
  listedRooms(): Promise<readonly Slug[]>
  /** Whether `owner` is the hash that the room was created with. */
  isOwner(room: Slug, owner: string): Promise<boolean>
  changeSettings(room: Slug, settings: Settings): Promise<KeptRoom>
  /** The room's embedding settings; the defaults if it is not a kept room. */
  readEmbedding(room: Slug): Promise<Embedding>
  changeEmbedding(room: Slug, embedding: Embedding): Promise<void>
  /** Deletes the room and its history. Its slug stays reserved for a while. */
  deleteRoom(room: Slug): Promise<void>
  /**
   * Numbers and stores a message. A repeat with the same key of the same member returns the first message.
   * @throws Refusal `invalid` if the key was used for another text
   */
  append(room: Slug, member: Member, author: Author, draft: Draft): Promise<Posted>
  /**
   * Replaces the text of a message.
   * @throws Refusal `forbidden` for the message of another author, `not-found` for one that no longer exists
   */
  edit(room: Slug, id: EventId, authorization: EditAuthorization, text: string): Promise<Edited>
  /**
   * Deletes a message.
   * @throws Refusal as `edit`
   */
  deleteMessage(room: Slug, id: EventId, authorization: EditAuthorization): Promise<Deleted>
  /** The id of the room's newest event. */
  top(room: Slug): Promise<EventId>
  /** Whether the room's history holds, or once held, an event with this id. */
  hasEvent(room: Slug, id: EventId): Promise<boolean>
  /** The events after one event up to another that the history knows, without those that no longer exist. */
  readEvents(room: Slug, after: EventId, upTo: EventId, limit: number): Promise<RoomEvent[]>
  readPage(room: Slug, query: HistoryQuery, limit: number): Promise<HistoryPage>
  /** Exports the room as JSON lines, some at a time, without the digests of the owner and of authors. */
  export(room: Slug): AsyncIterable<string>
  /** A message, and whether `by` is its author digest. */
  readMessage(room: Slug, id: EventId, by: string): Promise<{ message: Posted; own: boolean } | undefined>
}
