import type { MiddlewareHandler } from 'hono'
import { enterable } from '../../chat/enterable.ts'
import type { WebContext } from '../context.ts'
import type { Env } from '../env.ts'
import { readRoomSlug } from '../http/read-slug.ts'

/**
 * Guards the routes of a room: no handler runs for a member who may not enter.
 * @throws Refusal `not-found` for an address that can't be a room's; otherwise as `enterable`
 */
export function roomGuard({ chat }: Pick<WebContext, 'chat'>): MiddlewareHandler<Env> {
  return async (c, next) => {
    const room = readRoomSlug(c)
    await enterable(chat, room, c.var.member)
    c.set('room', room)
    await next()
  }
}
