import type { Context } from 'hono'
import { Refusal } from '../../chat/refusal.ts'
import { parseSlug, type Slug } from '../../chat/room.ts'

/**
 * Parses the `:room` of a route: the second part of the path.
 * @throws Refusal `not-found`
 */
export function readRoomSlug(c: Context): Slug {
  // Not Hono's parameter: it keeps text that can't be decoded as it is, which can be the name of another room.
  return decodeSlug(c.req.path.split('/', 3)[2] ?? '')
}

/**
 * Parses the room in an address.
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

const NO_ROOM_SENTENCE = 'A room’s address needs letters or digits, 48 at most.'
