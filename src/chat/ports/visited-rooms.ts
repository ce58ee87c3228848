import type { Slug } from '../room.ts'

/** Tells the processes of one chat which rooms are in use, so that each can warn of rooms that look alike. */
export interface VisitedRooms {
  /** Tells the other processes of a room. Nothing is stored, and nobody waits. */
  tell(room: Slug): void
  /** @param listener receives the rooms that other processes tell of, and perhaps its own ones */
  listen(listener: (room: Slug) => void): void
}
