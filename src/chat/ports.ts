import type { Limited, Spender } from './budget.ts'
import type { Embedding } from './embedding.ts'
import type { Author, Deleted, Edited, EventId, Posted, RoomEvent } from './event.ts'
import type { KeptRoom, Settings } from './kept-room.ts'
import type { Member, Seat } from './member.ts'
import type { Draft } from './message.ts'
import type { Name } from './name.ts'
import type { Slug } from './room.ts'
import type { Change, Signal } from './signal.ts'
import type { Token, TokenId } from './token.ts'

/** Undoes what returned it; calling it twice does no harm. */
export type Undo = () => void

/** Time and turns of the loop; tests bring their own. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  /** Milliseconds since any fixed moment, never set back, with fractions. */
  elapsed(): number
  after(ms: number, run: () => void): Undo
  /** Once what this turn of the loop brings has been taken in. */
  soon(run: () => void): void
}

/** Randomness and keyed digests, in letters, digits, `-` and `_`; tests bring their own. */
export interface Secrets {
  /** From 0 up to, not including, 1. */
  random(): number
  /** Unguessable. */
  token(): string
  /** A keyed digest of the parts, the same for as long as its key is active: also while a newer one signs already. */
  digest(purpose: string, ...parts: string[]): string
  /** A proof of the parts by the newest key. */
  sign(purpose: string, ...parts: string[]): string
  /** Whether this is a proof or digest of the parts by any active key, compared in constant time. */
  proves(claimed: string, purpose: string, ...parts: string[]): boolean
  /** Whether this is a proof of the parts by the newest key. */
  signedNow(claimed: string, purpose: string, ...parts: string[]): boolean
  /** The SHA-256 of a secret that nobody can guess, under no key: it is known again whatever keys come and go. */
  imprint(secret: string): string
  /** Encrypts a text by the newest key, each time anew. */
  seal(purpose: string, text: string): string
  /** The text that was sealed for this purpose by any active key; undefined for anything else. */
  unseal(purpose: string, sealed: string): string | undefined
}

/** Where a room stands: an event that has not come by then is lost on the way, and so is all of an earlier epoch. */
export interface Standing {
  readonly kind: 'standing'
  readonly id: EventId
}

/** What a listener hears. */
export type Heard = RoomEvent | Signal | Standing

/** Carries events and signals between processes, and gives a vanishing room's events their ids. */
export interface Bus {
  /**
   * Numbers a message of a vanishing room and carries it to every listener, in the order of the ids.
   * The same key of the same member gives the first message again, its author maybe as called now, and carries nothing.
   * @throws Refusal `invalid` when that key stood for another text; `busy` where the bus is away, or the room a kept one
   */
  post(room: Slug, member: Member, author: Author, draft: Draft): Promise<Posted>
  /** Carries an event of a kept room, which is stored already and has its id. */
  carry(event: RoomEvent): Promise<void>
  /** Carries a signal to every listener. */
  signal(room: Slug, signal: Signal): Promise<void>
  /** The id of the room's newest event; `<now>.0` where there is none. Creates nothing. */
  top(room: Slug): Promise<EventId>
  /** A bus that can lose what it carries tells a listener where the room stands when it has. */
  listen(room: Slug, listener: (heard: Heard) => void): Promise<Undo>
}

/** A page of a kept room's messages, oldest first, and where the room stood when it was read. */
export interface Page {
  readonly messages: readonly Posted[]
  /** Whether there are older and newer messages than these. */
  readonly older: boolean
  readonly newer: boolean
  readonly top: EventId
}

/** Which messages a page holds: the newest, those before or after a message, or those around it. */
export type PageOf =
  | { readonly kind: 'newest' }
  | { readonly kind: 'before' | 'after' | 'around'; readonly id: EventId }

/** Who may change a message: its author, by a digest of the member, or the room's owner, who may change any. */
export type Changer = { readonly by: string } | 'owner'

/**
 * Durable truth of kept rooms. What is answered is stored, and is carried by the bus after it is, in the order of seq;
 * who listens is told by the store when a room is made, keeps something else or is deleted, whoever gets the answer.
 * Every method that writes throws Refusal `full` when nothing more can be stored, and `not-found` when the room is
 * not, or no longer, a kept one.
 */
export interface Store {
  /** The kept room of this name. */
  find(room: Slug): Promise<KeptRoom | undefined>
  /** Until when the name of a room that was deleted is nobody's; milliseconds since 1970. */
  reservedUntil(room: Slug): Promise<number | undefined>
  /**
   * Makes a kept room; undefined when there is one of this name already.
   * @param owner proves the owner's link
   * @throws Refusal `conflict` while the name is reserved, and where somebody said something in a vanishing room of this
   * name just now
   */
  create(room: Slug, settings: Settings, owner: string): Promise<KeptRoom | undefined>
  /** Those that the home page shows. */
  listed(): Promise<readonly Slug[]>
  /** Whether this is the digest that the room was made with. */
  isOwner(room: Slug, owner: string): Promise<boolean>
  change(room: Slug, settings: Settings): Promise<KeptRoom>
  /** What its owner decided of other sites' pages; nothing where there is no kept room. */
  embedding(room: Slug): Promise<Embedding>
  embed(room: Slug, embedding: Embedding): Promise<void>
  /** Deletes the room and all that was said in it; its name stays reserved for a while. */
  remove(room: Slug): Promise<void>
  /**
   * Numbers and stores a message. The same key of the same member gives the first message again.
   * @throws Refusal `invalid` when that key stood for another text
   */
  append(room: Slug, member: Member, author: Author, draft: Draft): Promise<Posted>
  /** @throws Refusal `forbidden` for what another wrote, `not-found` for what is gone */
  edit(room: Slug, id: EventId, changer: Changer, text: string): Promise<Edited>
  /** @throws Refusal as `edit` */
  erase(room: Slug, id: EventId, changer: Changer): Promise<Deleted>
  /** The id of the room's newest event. */
  top(room: Slug): Promise<EventId>
  /** Whether the room's history holds, or held, an event of this id. */
  knows(room: Slug, id: EventId): Promise<boolean>
  /** What happened after one event up to another that the history knows; what is gone since is left out. */
  between(room: Slug, after: EventId, upTo: EventId, limit: number): Promise<RoomEvent[]>
  page(room: Slug, of: PageOf, limit: number): Promise<Page>
  /** All that is kept of the room, as JSON lines, some at a time: without what could tell who of the members is who. */
  export(room: Slug): AsyncIterable<string>
  /** The message, and whether `by` wrote it. */
  message(room: Slug, id: EventId, by: string): Promise<{ message: Posted; own: boolean } | undefined>
}

/** Tokens of programs, each of one room, whatever its kind. A room that is deleted takes its own with it. */
export interface Tokens {
  /**
   * @throws Refusal `conflict` where the room has as many as it can, `not-found` where it was deleted and its name is
   * still nobody's, `full`
   */
  add(room: Slug, token: Token): Promise<void>
  /** The room's token of this id; `elsewhere`: there is one, of another room. */
  find(room: Slug, id: TokenId): Promise<Token | 'elsewhere' | undefined>
  /** The room's, oldest first. */
  of(room: Slug): Promise<readonly Token[]>
  /** Those of all rooms; a room is undefined where its name is kept nowhere. */
  all(): Promise<readonly { readonly room: Slug | undefined; readonly token: Token }[]>
  /** Whether there was a token of this id, of that room where one is named: it is no more. */
  revoke(id: TokenId, room?: Slug): Promise<boolean>
  /** Runs once, within a second or so, when the room's token is no more, whichever process ended it. */
  whenRevoked(room: Slug, id: TokenId, run: () => void): Undo
}

/** How a stream shows that somebody is there: by its connection alone, or by signs of life that its page sends too. */
export type Stay = 'connected' | 'confirmed'

/** Who holds which name in a room, and who is here. Names that look alike are one name. */
export interface Roster {
  /** The seat that `member` holds in the room, or would take now. Creates nothing. */
  seatOf(room: Slug, member: Member): Promise<Seat>
  /** Takes that seat, and holds it until some time after the member's last stream or request. */
  take(room: Slug, member: Member): Promise<Seat>
  /** Takes the seat under this name; undefined when somebody else holds it, or one that looks like it. */
  claim(room: Slug, member: Member, name: Name): Promise<Seat | undefined>
  /** Those of the names that nobody holds. */
  free(room: Slug, names: readonly Name[]): Promise<Name[]>
  /** The member has one more stream open, which holds the seat until it is undone. */
  enter(room: Slug, member: Member, stay: Stay): Promise<Undo>
  /** A sign of life from a page whose stream is open. */
  confirm(room: Slug, member: Member): Promise<void>
  /** Gives the name back at once, whatever streams are open. */
  leave(room: Slug, member: Member): Promise<void>
  /** How many members are here: those with a stream, and for a moment those who had one. */
  here(room: Slug): Promise<number>
  /** The member's seat, if they are here. */
  hereAs(room: Slug, member: Member): Promise<Seat | undefined>
  /**
   * Who is here: the first of them in the order of coming, and how many there are.
   * @param beginning of the names of those who are told of, in any case
   */
  people(room: Slug, limit: number, beginning?: string): Promise<People>
  /** Tells of every change in who is here that this process brought about or noticed. */
  watch(listener: (room: Slug, change: Partial<Change>) => void): Undo
  /** Where the member holds a name just now, and which. */
  roomsOf(member: Member): Promise<{ readonly room: Slug; readonly name: Name }[]>
}

/** Who is in a room. */
export interface People {
  readonly people: readonly Seat[]
  /** Of all who are here. */
  readonly count: number
}

/** Which rooms the home page lists. */
export interface Directory {
  /** @throws Refusal `busy` when no more rooms can be listed */
  list(room: Slug): Promise<void>
  /** Somebody uses the room: if it is listed, it stays so for another hour. */
  renew(room: Slug): Promise<void>
  listed(): Promise<Slug[]>
}

/** What may be shown once. */
export interface Replays {
  /**
   * Whether nobody showed this before.
   * @param until when it is good no more, and may be forgotten; milliseconds since 1970
   * @throws Refusal `busy` where no more can be remembered
   */
  first(id: string, until: number): Promise<boolean>
}

/** How much members and addresses may do. */
export interface Limits {
  /**
   * Takes one from what the member and the address have left. Who is refused has nothing taken.
   * @returns gives it back, unless its window is over; a later call finds it given back
   * @throws Refusal `too-many`
   */
  spend(what: Limited, who: Spender): Promise<Undo>
}
