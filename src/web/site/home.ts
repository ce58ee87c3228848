import { type Context, Hono } from 'hono'
import { HomePage, type HomeProps } from '../../../views/home-page.tsx'
import { page } from '../../../views/layout.tsx'
import { MadePage } from '../../../views/room-created-page.tsx'
import { roomPath } from '../../../views/room-path.ts'
import { homeUsage } from '../../../views/terminal-usage.ts'
import { makeRoom, parseWish } from '../../chat/actions/make-room.ts'
import { parseListed } from '../../chat/kept-room.ts'
import { parseSlug, type Slug } from '../../chat/room.ts'
import type { Web } from '../context.ts'
import type { Env } from '../env.ts'
import { fromTerminal, wants } from '../http/negotiate.ts'
import { joinLink, ownOrigin } from '../http/own-origin.ts'
import { readForm, tooLarge } from '../http/read-form.ts'
import { unlessBusy } from '../http/unless-busy.ts'
import { ownerCookie } from '../visitor/owner-cookie.ts'

/** Rooms that the home page shows. */
const ROOMS_SHOWN_MAX = 50

export function homeRoutes({ chat, asset, baseUrl, sessions }: Web): Hono<Env> {
  const routes = new Hono<Env>()

  const count = async (room: Slug, kept: boolean) => ({ room, kept, here: await chat.roster.here(room) })

  const listedRooms = async (): Promise<HomeProps['listed']> => {
    const [vanishing, kept] = [await chat.directory.listed(), await chat.store.listed()]
    const rooms = await Promise.all([
      ...vanishing.map((room) => count(room, false)),
      ...kept.map((room) => count(room, true)),
    ])
    // There is nothing in a vanishing room that nobody is in; a kept one has something to read.
    const listed = rooms.filter((room) => room.kept || room.here > 0).sort((a, b) => b.here - a.here)
    return listed.slice(0, ROOMS_SHOWN_MAX)
  }

  routes.get('/', async (c) => {
    const listed = await listedRooms()
    if (fromTerminal(c)) return c.text(homeUsage({ origin: ownOrigin(c.env.incoming, baseUrl), listed }))
    return c.html(page(HomePage({ asset, listed })))
  })

  routes.post('/rooms', async (c: Context<Env>) => {
    const { fields, oversized } = await readForm(c)
    const typed = (field: string) => String(fields.get(field) ?? '')
    c.set('giveBack', async ({ sentence }) => {
      const refused = {
        room: typed('room'),
        kind: typed('kind'),
        retention: typed('retention'),
        keep: typed('keep'),
        listed: parseListed(fields.get('listed')),
      }
      // What made it refuse may keep the list away too; what was typed is worth more.
      const listed = await listedRooms().catch(unlessBusy)
      return page(HomePage({ asset, listed: listed ?? [], typed: refused, refusal: sentence }))
    })
    if (oversized) throw tooLarge()
    const room = parseSlug(typed('room'))
    const wish = parseWish({
      kind: fields.get('kind'),
      retention: fields.get('retention'),
      keep: fields.get('keep'),
      listed: fields.get('listed'),
    })
    const made = await makeRoom(chat, c.var, room, wish)
    const url = joinLink(c, baseUrl, room)
    if (!made) return answerJoined(c, room, url)
    c.header('Set-Cookie', ownerCookie(room, made.token, sessions.secure), { append: true })
    const owner = `${url}/owner/${made.token}`
    switch (wants(c)) {
      case 'json':
        return c.json({ room, url, owner }, 201)
      case 'text':
        return c.text(`${url}\n${owner}\n`, 201)
      case 'html':
        return c.html(page(MadePage({ asset, room, settings: made.settings, owner })), 201)
    }
  })

  return routes
}

/** There was nothing to make: whoever asked is where they wanted to be. */
function answerJoined(c: Context<Env>, room: Slug, url: string): Response {
  switch (wants(c)) {
    case 'json':
      return c.json({ room, url })
    case 'text':
      return c.text(`${url}\n`)
    case 'html':
      return c.redirect(roomPath(room), 303)
  }
}
