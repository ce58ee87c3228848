import type { Context } from 'hono'
import { Refusal } from '../chat/refusal.ts'
import { parseSlug, type Slug } from '../chat/room.ts'

/**
 * The room that a route's `:room` names.
 * @throws Refusal `not-found`
 */
export function roomOf(c: Context): Slug {
  return findable(() => c.req.param('room') ?? '')
}

/**
 * The room in an address.
 * @param address still percent-encoded
 * @throws Refusal `not-found`
 */
export function readSlug(address: string): Slug {
  return findable(() => decodeURIComponent(address))
}

function findable(read: () => string): Slug {
  try {
    return parseSlug(read())
  } catch (error) {
    if (error instanceof Refusal || error instanceof URIError) throw new Refusal('not-found', NO_ROOM)
    throw error
  }
}

const NO_ROOM = 'No room can have this address: it needs letters or digits, 48 at most.'
