import { openPage, type Page, ROOM_PATH } from './page.ts'

/** Different people: each has a session from a page of their own. */
const SESSIONS_MAX = 20

/** Pages that are opened at once. */
const OPENING_MAX = 32

/** Pages of one room, of as many people as there may be among the subscribers. */
export function openSessions(port: number, subscribers: number, path = ROOM_PATH): Promise<Page[]> {
  return Promise.all(Array.from({ length: Math.min(SESSIONS_MAX, subscribers) }, () => openPage(port, path)))
}

/**
 * Pages of many rooms, in an order in which they can be shared out in turn: one of each room, again and again.
 * @param ports in which a room's people are in turn
 */
export async function openRoomPages(
  ports: readonly number[],
  subscribers: number,
  rooms: number,
): Promise<Page[]> {
  const each = Math.max(1, Math.min(Math.floor(SESSIONS_MAX / rooms), Math.floor(subscribers / rooms)))
  const pages: Page[] = []
  for (let at = 0; at < rooms * each; at += OPENING_MAX) {
    const wanted = Array.from({ length: Math.min(OPENING_MAX, rooms * each - at) }, (_, n) => at + n)
    const opened = wanted.map((n) => {
      const room = n % rooms
      return openPage(
        ports[Math.floor(n / rooms) % ports.length] ?? 0,
        room === 0 ? ROOM_PATH : `${ROOM_PATH}-${room}`,
      )
    })
    pages.push(...(await Promise.all(opened)))
  }
  return pages
}
