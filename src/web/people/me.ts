import { Hono } from 'hono'
import { page } from '../../../views/layout.tsx'
import { MePage } from '../../../views/me-page.tsx'
import type { Member } from '../../chat/member.ts'
import type { Web } from '../context.ts'
import type { Env } from '../env.ts'
import { wants } from '../http/negotiate.ts'
import { noWishes, wishesIn } from '../visitor/preferred-names.ts'

/** What Snug knows of a browser, and how it forgets it. Neither begins a session. */
export function meRoutes({ chat, sessions, embedSessions, streams, asset, replaySeconds }: Web): Hono<Env> {
  const routes = new Hono<Env>()

  routes.get('/me', async (c) => {
    const cookies = c.req.header('Cookie')
    const session = sessions.read(cookies)
    const wishes = [...(wishesIn(cookies, sessions.jar) ?? [])].map(([room, name]) => ({ room, name }))
    const rooms = session ? await chat.roster.roomsOf(session.member) : []
    if (wants(c) === 'json') {
      const moment = (ms: number | undefined) => (ms === undefined ? null : new Date(ms).toISOString())
      return c.json({ since: moment(session?.since), until: moment(session?.until), rooms, wishes })
    }
    const forgotten = !session && c.req.query('forgotten') !== undefined
    return c.html(page(MePage({ asset, session, rooms, wishes, forgotten, replaySeconds })))
  })

  routes.post('/me/forget', async (c) => {
    const session = sessions.read(c.req.header('Cookie'))
    if (session) await forget(session.member)
    c.header('Set-Cookie', sessions.ending())
    for (const cookie of [noWishes(sessions.jar), embedSessions.ending(), noWishes(embedSessions.jar)])
      c.header('Set-Cookie', cookie, { append: true })
    // Not "cookies": that clears those of the whole domain, of other sites on its other hosts too.
    c.header('Clear-Site-Data', '"storage"')
    return c.redirect('/me?forgotten', 303)
  })

  async function forget(member: Member): Promise<void> {
    // Streams first: an open one would say that the member is still there.
    streams.endOf(member)
    for (const { room } of await chat.roster.roomsOf(member)) await chat.roster.leave(room, member)
  }

  return routes
}
