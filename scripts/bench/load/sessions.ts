import { openPage, type Page, ROOM_PATH } from './page.ts'

/** Different sessions; subscribers share them. */
const SESSIONS_MAX = 20

/** Pages opened concurrently. */
const OPENING_MAX = 32

/** Opens pages of one room, each with a session of its own. */
export function openSessions(port: number, subscribers: number, path = ROOM_PATH): Promise<Page[]> {
  return Promise.all(Array.from({ length: Math.min(SESSIONS_MAX, subscribers) }, () => openPage(port, path)))
}

/**
 * Opens pages of many rooms.
 * @param ports of the servers; the sessions of a room use them in turn
 * @returns one page of each room, then the next of each, so that subscribers can take them in turn
 */
export async function openRoomPages(
  ports: readonly number[],
  subscribers: number,
  rooms: number,
): Promise<Page[]> {
  const perRoom = Math.max(1, Math.min(Math.floor(SESSIONS_MAX / rooms), Math.floor(subscribers / rooms)))
  const pages: Page[] = []
  for (let at = 0; at < rooms * perRoom; at += OPENING_MAX) {
    const indexes = Array.from({ length: Math.min(OPENING_MAX, rooms * perRoom - at) }, (_, n) => at + n)
    const opening = indexes.map((n) => {
      const room = n % rooms
      return openPage(
        ports[Math.floor(n / rooms) % ports.length] ?? 0,
        room === 0 ? ROOM_PATH : `${ROOM_PATH}-${room}`,
      )
    })
    pages.push(...(await Promise.all(opening)))
  }
  return pages
}
