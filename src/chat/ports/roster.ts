import type { Member, Seat } from '../member.ts'
import type { Name } from '../names/name.ts'
import type { Slug } from '../room.ts'
import type { PresenceChange } from '../signal.ts'
import type { Undo } from './clock.ts'

/** How a stream shows that somebody is there: by its connection alone, or by signs of life that its page sends too. */
export type Liveness = 'connected' | 'confirmed'

/** Who holds which name in a room, and who is here. Names that look alike are one name. */
export interface Roster {
  /** The seat that `member` holds in the room, or would take now. Creates nothing. */
  seatOf(room: Slug, member: Member): Promise<Seat>
  /** Takes that seat, and holds it until some time after the member's last stream or request. */
  takeSeat(room: Slug, member: Member): Promise<Seat>
  /** Takes the seat under this name; undefined when somebody else holds it, or one that looks like it. */
  takeName(room: Slug, member: Member, name: Name): Promise<Seat | undefined>
  /** Those of the names that nobody holds. */
  findFreeNames(room: Slug, names: readonly Name[]): Promise<Name[]>
  /** The member has one more stream open, which holds the seat until it is undone. */
  enter(room: Slug, member: Member, stay: Liveness): Promise<Undo>
  /** A sign of life from a page whose stream is open. */
  confirmLiveness(room: Slug, member: Member): Promise<void>
  /** Gives the name back at once, whatever streams are open. */
  leave(room: Slug, member: Member): Promise<void>
  /** How many members are here: those with a stream, and for a moment those who had one. */
  countHere(room: Slug): Promise<number>
  /** The member's seat, if they are here. */
  seatIfHere(room: Slug, member: Member): Promise<Seat | undefined>
  /**
   * Who is here: the first of them in the order of coming, and how many there are.
   * @param beginning of the names of those who are told of, in any case
   */
  listPeople(room: Slug, limit: number, beginning?: string): Promise<People>
  /** Tells of every change in who is here that this process brought about or noticed. */
  watch(listener: (room: Slug, change: Partial<PresenceChange>) => void): Undo
  /** Where the member holds a name just now, and which. */
  roomsOf(member: Member): Promise<{ readonly room: Slug; readonly name: Name }[]>
}

/** Who is in a room. */
export interface People {
  readonly people: readonly Seat[]
  /** Of all who are here. */
  readonly count: number
}
