import { type Context, Hono } from 'hono'
import { HomePage, type HomeProps } from '../../views/home-page.tsx'
import { page } from '../../views/layout.tsx'
import { roomPath } from '../../views/room-path.ts'
import { parseSlug } from '../chat/room.ts'
import { spend } from '../chat/spend.ts'
import type { Web } from './app.ts'
import type { Env } from './env.ts'
import { readForm, tooLarge } from './read-form.ts'

/** Rooms that the home page shows. */
const SHOWN_MAX = 50

export function homeRoutes({ chat, asset }: Web): Hono<Env> {
  const routes = new Hono<Env>()

  const home = async (props: Pick<HomeProps, 'typed' | 'refusal'> = {}) => {
    const rooms = await chat.directory.listed()
    const all = await Promise.all(rooms.map(async (room) => ({ room, here: await chat.roster.here(room) })))
    const listed = all.filter(({ here }) => here > 0).sort((a, b) => b.here - a.here)
    return page(HomePage({ asset, listed: listed.slice(0, SHOWN_MAX), ...props }))
  }

  routes.get('/', async (c) => c.html(await home()))

  routes.post('/rooms', async (c: Context<Env>) => {
    const { fields, oversized } = await readForm(c)
    const typed = { room: String(fields.get('room') ?? ''), listed: fields.has('listed') }
    c.set('giveBack', ({ sentence }) => home({ typed, refusal: sentence }))
    if (oversized) throw tooLarge()
    const room = parseSlug(typed.room)
    // By its name alone nothing is made. What is bounded is what others are shown: an hour's place in the list, of which
    // no address shall have all; a room that is listed again takes its place for another hour.
    if (typed.listed) await spend(chat.limits, 'room', c.var, () => chat.directory.list(room))
    return c.redirect(roomPath(room), 303)
  })

  return routes
}
