import { Hono } from 'hono'
import { roomPages } from '../../views/room-page.tsx'
import { roomPath } from '../../views/room-path.ts'
import { PAGE_MESSAGES } from '../chat/catch-up.ts'
import { formatId } from '../chat/event.ts'
import { findRoom } from '../chat/find-room.ts'
import { giveCursor, signCursor } from '../chat/given-cursor.ts'
import type { Web } from './app.ts'
import type { Env } from './env.ts'
import { ownerOf } from './owner-cookie.ts'
import { SHOWN_MAX } from './people.ts'
import { readSlug } from './read-slug.ts'
import { linkTo } from './share.ts'
import { isTextBrowser } from './wants.ts'

export function roomRoutes({ chat, asset, baseUrl, beatSeconds }: Web): Hono<Env> {
  const routes = new Hono<Env>()
  const page = roomPages(asset, beatSeconds)

  routes.get('/r/:room', async (c) => {
    const room = readSlug(encodeURIComponent(c.req.param('room')))
    if (room !== c.req.param('room')) return c.redirect(roomPath(room), 301)
    if (isTextBrowser(c)) return c.redirect(`${roomPath(room)}/log`, 302)
    const member = c.get('member')
    const kept = await findRoom(chat.store, room)
    const history = kept && (await chat.store.page(room, { kind: 'newest' }, PAGE_MESSAGES))
    const { cursor, proof } = history
      ? signCursor(chat, room, member, formatId(history.top))
      : await giveCursor(chat, room, member)
    const { name, tag } = await chat.roster.seatOf(room, member)
    const people = await chat.roster.people(room, SHOWN_MAX)
    // Whoever looks at the page is about to be here too.
    const others = people.filter((seat) => seat.tag !== tag)
    const joining = people.length === others.length ? 1 : 0
    return c.html(
      page({
        room,
        link: linkTo(c, baseUrl, room),
        name,
        me: tag,
        people: [{ name, tag }, ...others],
        count: (await chat.roster.here(room)) + joining,
        // Both are letters, digits, dots and dashes.
        begin: `?after=${cursor}&proof=${proof}`,
        history,
        kept,
        owner: kept !== undefined && (await ownerOf(chat, room, c.req.header('Cookie'))),
        postKey: chat.secrets.token(),
      }),
    )
  })

  return routes
}
