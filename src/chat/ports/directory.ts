import type { Slug } from '../room.ts'

/** The vanishing rooms that the home page lists. */
export interface Directory {
  /**
   * Lists a room for an hour.
   * @throws Refusal `busy` if no more rooms can be listed
   */
  add(room: Slug): Promise<void>
  /** Keeps a listed room in the list for another hour, because somebody uses it. Does nothing for other rooms. */
  renew(room: Slug): Promise<void>
  listedRooms(): Promise<Slug[]>
}
