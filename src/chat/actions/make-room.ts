import type { Chat } from '../chat.ts'
import { findRoom } from '../find-room.ts'
import { parseListed, parseSettings, type Settings } from '../kept-room.ts'
import type { Member } from '../member.ts'
import type { Caller } from '../rate-limit.ts'
import { Refusal } from '../refusal.ts'
import type { Slug } from '../room.ts'
import { withinLimit } from './within-limit.ts'

/** What somebody wants a room to be, if there is none of its name. */
export type RoomRequest =
  | { readonly kind: 'vanishing'; readonly listed: boolean }
  | { readonly kind: 'kept'; readonly settings: Settings }

/** A kept room that was made just now. */
export interface CreatedRoom {
  readonly settings: Settings
  /** Makes whoever has it the room's owner; its digest alone is stored. */
  readonly ownerToken: string
}

/** @throws Refusal `invalid` */
export function parseRoomRequest(input: {
  kind?: unknown
  retention?: unknown
  keep?: unknown
  listed?: unknown
}): RoomRequest {
  switch (String(input.kind ?? '') || 'vanishing') {
    case 'vanishing':
      return { kind: 'vanishing', listed: parseListed(input.listed) }
    case 'kept':
      return { kind: 'kept', settings: parseSettings(input) }
  }
  throw new Refusal('invalid', 'The kind of a room must be vanishing or kept.')
}

/**
 * Makes a room as it is wished, where there is something to make. A kept room that is there is joined as it is, and by
 * its name alone no vanishing room is made: it takes others, or a place in the list, of which no address shall have all.
 * @returns what its maker alone is told of a kept room, once
 * @throws Refusal `conflict` for a name that a vanishing room has, or a deleted one had; `too-many`; `full`
 */
export async function makeRoom(
  chat: Chat,
  who: Caller,
  room: Slug,
  wish: RoomRequest,
): Promise<CreatedRoom | undefined> {
  if (await findRoom(chat.store, room, 'conflict')) return undefined
  if (wish.kind === 'kept')
    return withinLimit(chat.limits, 'room', who, () => makeKeptRoom(chat, who.member, room, wish.settings))
  if (wish.listed) await withinLimit(chat.limits, 'room', who, () => chat.directory.add(room))
  return undefined
}

async function makeKeptRoom(
  chat: Chat,
  maker: Member,
  room: Slug,
  settings: Settings,
): Promise<CreatedRoom | undefined> {
  if (await isRoomInUse(chat, maker, room)) throw vanishingRoomInUse(room)
  const ownerToken = chat.secrets.token() + chat.secrets.token()
  if (!(await chat.store.createRoom(room, settings, chat.secrets.hash(ownerToken)))) return undefined
  return { settings, ownerToken }
}

/** There is a vanishing room of this name that somebody uses. */
export function vanishingRoomInUse(room: Slug): Refusal {
  return new Refusal(
    'conflict',
    `“${room}” is a vanishing room in use, where nobody expects messages to be kept. Take another name, or try again an hour after everybody has left.`,
  )
}

/** Whether anybody but its maker uses the vanishing room, or could still expect to find it as it was. */
async function isRoomInUse({ roster, bus, directory }: Chat, maker: Member, room: Slug): Promise<boolean> {
  const [here, oneself] = await Promise.all([roster.countHere(room), roster.seatIfHere(room, maker)])
  if (here > (oneself ? 1 : 0)) return true
  return (await bus.top(room)).seq > 0 || (await directory.listedRooms()).includes(room)
}
