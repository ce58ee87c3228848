import { Hono } from 'hono'
import { renderPage } from '../../../views/layout.tsx'
import { MePage } from '../../../views/me-page.tsx'
import type { Member } from '../../chat/member.ts'
import type { WebContext } from '../context.ts'
import type { Env } from '../env.ts'
import { negotiate } from '../http/negotiate.ts'

/** Shows what Snug knows about a browser, and forgets it on request. Neither route starts a session. */
export function meRoutes({
  chat,
  sessions,
  embedSessions,
  streams,
  asset,
  replaySeconds,
}: WebContext): Hono<Env> {
  const routes = new Hono<Env>()

  routes.get('/me', async (c) => {
    const cookies = c.req.header('Cookie')
    const session = sessions.read(cookies)
    const preferredNames = [...(sessions.preferredNames.read(cookies) ?? [])].map(([room, name]) => ({
      room,
      name,
    }))
    const rooms = session ? await chat.roster.roomsOf(session.member) : []
    if (negotiate(c) === 'json') {
      const moment = (ms: number | undefined) => (ms === undefined ? null : new Date(ms).toISOString())
      return c.json({
        since: moment(session?.since),
        until: moment(session?.until),
        rooms,
        wishes: preferredNames,
      })
    }
    const forgotten = !session && c.req.query('forgotten') !== undefined
    return c.html(renderPage(MePage({ asset, session, rooms, preferredNames, forgotten, replaySeconds })))
  })

  routes.post('/me/forget', async (c) => {
    const cookies = c.req.header('Cookie')
    const session = sessions.read(cookies)
    if (session) await forget(session.member)
    for (const cookie of [...sessions.expiredCookies(cookies), ...embedSessions.expiredCookies(cookies)])
      c.header('Set-Cookie', cookie, { append: true })
    // Not "cookies": that would clear the cookies of the whole registrable domain, with those of its other hosts.
    c.header('Clear-Site-Data', '"storage"')
    return c.redirect('/me?forgotten', 303)
  })

  async function forget(member: Member): Promise<void> {
    // Streams end first: an open one would keep the member listed as present.
    streams.endForMember(member)
    for (const { room } of await chat.roster.roomsOf(member)) await chat.roster.leave(room, member)
  }

  return routes
}
