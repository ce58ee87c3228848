import type { HomeProps } from '../../../views/home-page.tsx'
import type { Chat } from '../../chat/chat.ts'
import type { Slug } from '../../chat/room.ts'

/** The most rooms that the home page lists. */
const ROOMS_SHOWN_MAX = 50

/** The rooms that the home page lists, those with the most people first. */
export async function listedRooms({
  directory,
  store,
  roster,
}: Pick<Chat, 'directory' | 'store' | 'roster'>): Promise<HomeProps['listed']> {
  const count = async (room: Slug, kept: boolean) => ({ room, kept, here: await roster.countHere(room) })
  const [vanishing, kept] = [await directory.listedRooms(), await store.listedRooms()]
  const rooms = await Promise.all([
    ...vanishing.map((room) => count(room, false)),
    ...kept.map((room) => count(room, true)),
  ])
  // An empty vanishing room has nothing to see; an empty kept room has its history.
  const listed = rooms.filter((room) => room.kept || room.here > 0).sort((a, b) => b.here - a.here)
  return listed.slice(0, ROOMS_SHOWN_MAX)
}
