import type { Member, Seat } from '../member.ts'
import type { Name } from '../names/name.ts'
import type { Slug } from '../room.ts'
import type { PresenceChange } from '../signal.ts'
import type { Undo } from './clock.ts'

/** The proof that a member with an open stream is here: the connection alone, or also signs of life from the page. */
export type Liveness = 'connected' | 'confirmed'

/** Who holds which name in a room, and who is here. Names that look alike count as one name. */
export interface Roster {
  /** The seat that `member` holds in the room, or would take now. Creates nothing. */
  seatOf(room: Slug, member: Member): Promise<Seat>
  /** Takes that seat and holds it until some time after the member's last stream or request. */
  takeSeat(room: Slug, member: Member): Promise<Seat>
  /**
   * Takes the seat under this name.
   * @returns undefined if another member holds the name or a lookalike of it
   */
  takeName(room: Slug, member: Member, name: Name): Promise<Seat | undefined>
  /** The ones among `names` that nobody holds. */
  findFreeNames(room: Slug, names: readonly Name[]): Promise<Name[]>
  /** Counts one more open stream of the member. It holds the seat until it is undone. */
  enter(room: Slug, member: Member, liveness: Liveness): Promise<Undo>
  /** Records a sign of life from a page with an open stream. */
  confirmLiveness(room: Slug, member: Member): Promise<void>
  /** Gives the name back at once, even if streams are open. */
  leave(room: Slug, member: Member): Promise<void>
  /** The number of members here: those with an open stream, and for a moment those who had one. */
  countHere(room: Slug): Promise<number>
  /** The member's seat if the member is here. */
  seatIfHere(room: Slug, member: Member): Promise<Seat | undefined>
  /**
   * Lists the members here in the order of their arrival, and counts all of them.
   * @param limit the most members listed
   * @param prefix lists only names that begin with it, ignoring case
   */
  listPeople(room: Slug, limit: number, prefix?: string): Promise<People>
  /** Reports every change in who is here that this process made or noticed. */
  watch(listener: (room: Slug, change: Partial<PresenceChange>) => void): Undo
  /** The rooms where the member holds a name now, with that name. */
  roomsOf(member: Member): Promise<{ readonly room: Slug; readonly name: Name }[]>
}

/** The members in a room. */
export interface People {
  readonly people: readonly Seat[]
  /** The number of all members here, listed or not. */
  readonly count: number
}
