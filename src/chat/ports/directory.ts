import type { Slug } from '../room.ts'

/** Which rooms the home page lists. */
export interface Directory {
  /** @throws Refusal `busy` when no more rooms can be listed */
  add(room: Slug): Promise<void>
  /** Somebody uses the room: if it is listed, it stays so for another hour. */
  renew(room: Slug): Promise<void>
  listedRooms(): Promise<Slug[]>
}
