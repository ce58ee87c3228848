import type { Context } from 'hono'
import { Refusal } from '../../chat/refusal.ts'
import { parseSlug, type Slug } from '../../chat/room.ts'

/**
 * The room that a route's `:room` names, which is the second part of its path.
 * @throws Refusal `not-found`
 */
export function readRoomSlug(c: Context): Slug {
  // Hono's own parameter keeps what can't be decoded as it is: another room's name.
  return decodeSlug(c.req.path.split('/', 3)[2] ?? '')
}

/**
 * The room in an address.
 * @param address still percent-encoded
 * @throws Refusal `not-found`
 */
export function decodeSlug(address: string): Slug {
  try {
    return parseSlug(decodeURIComponent(address))
  } catch (error) {
    if (error instanceof Refusal || error instanceof URIError)
      throw new Refusal('not-found', NO_ROOM_SENTENCE)
    throw error
  }
}

const NO_ROOM_SENTENCE = 'No room can have this address: it needs letters or digits, 48 at most.'
