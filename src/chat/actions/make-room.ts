import type { Chat } from '../chat.ts'
import { findRoom } from '../find-room.ts'
import { parseListed, parseSettings, type Settings } from '../kept-room.ts'
import type { Caller } from '../limits/rate-limit.ts'
import type { Member } from '../member.ts'
import { Refusal } from '../refusal.ts'
import type { Slug } from '../room.ts'
import { withinLimit } from './within-limit.ts'

/** The properties that a caller wants a room to have, if it does not exist yet. */
export type RoomRequest =
  | { readonly kind: 'vanishing'; readonly listed: boolean }
  | { readonly kind: 'kept'; readonly settings: Settings }

/** A kept room that was just created. */
export interface CreatedRoom {
  readonly settings: Settings
  /** The secret in the owner's link. Only its hash is stored. */
  readonly ownerToken: string
}

/**
 * Parses the request to make a room.
 * @throws Refusal `invalid`
 */
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
 * Makes the requested room if there is anything to make. An existing kept room is joined as it is. A vanishing room
 * needs no making, except for its place in the list. The limit keeps one address from taking all places.
 * @returns the new kept room, for its maker alone and only once; undefined if none was made
 * @throws Refusal `conflict` for the slug of a vanishing room in use or of a deleted room; `too-many`; `full`
 */
export async function makeRoom(
  chat: Chat,
  caller: Caller,
  room: Slug,
  request: RoomRequest,
): Promise<CreatedRoom | undefined> {
  if (await findRoom(chat.store, room, 'conflict')) return undefined
  if (request.kind === 'kept')
    return withinLimit(chat.limits, 'room', caller, () =>
      makeKeptRoom(chat, caller.member, room, request.settings),
    )
  if (request.listed) await withinLimit(chat.limits, 'room', caller, () => chat.directory.add(room))
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

/** The refusal to keep a room because a vanishing room with its slug is in use. */
export function vanishingRoomInUse(room: Slug): Refusal {
  return new Refusal(
    'conflict',
    `“${room}” is a vanishing room in use, where nobody expects messages to be kept. Take another name, or try again an hour after everybody has left.`,
  )
}

/** Whether anybody except the maker uses the vanishing room, or may still expect to find it as it was. */
async function isRoomInUse({ roster, bus, directory }: Chat, maker: Member, room: Slug): Promise<boolean> {
  const [count, ownSeat] = await Promise.all([roster.countHere(room), roster.seatIfHere(room, maker)])
  if (count > (ownSeat ? 1 : 0)) return true
  return (await bus.top(room)).seq > 0 || (await directory.listedRooms()).includes(room)
}
