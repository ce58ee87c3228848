import { type Context, Hono } from 'hono'
import { HomePage } from '../../../views/home-page.tsx'
import { renderPage } from '../../../views/layout.tsx'
import { RoomCreatedPage } from '../../../views/room-created-page.tsx'
import { roomPath } from '../../../views/room-path.ts'
import { makeRoom, parseRoomRequest } from '../../chat/actions/make-room.ts'
import { parseListed } from '../../chat/kept-room.ts'
import { parseSlug, type Slug } from '../../chat/room.ts'
import type { WebContext } from '../context.ts'
import type { Env } from '../env.ts'
import { ignoreBusy } from '../http/ignore-busy.ts'
import { negotiate } from '../http/negotiate.ts'
import { type FormFields, readForm } from '../http/read-form.ts'
import { roomLink } from '../http/server-origin.ts'
import { ownerCookies } from '../visitor/owner-cookie.ts'
import { listedRooms } from './listed-rooms.ts'

/** Makes a room, or joins the existing one with that name. */
export function createRoomRoutes({ chat, asset, baseUrl, sessions }: WebContext): Hono<Env> {
  const routes = new Hono<Env>()

  routes.post('/rooms', async (c) => {
    const fields = await readForm(c, async (typed, { sentence }) => {
      // The list may be unavailable for the same reason as the refusal. The page is worth showing without it.
      const listed = (await listedRooms(chat).catch(ignoreBusy)) ?? []
      return renderPage(HomePage({ asset, listed, typed: typedRoom(typed), refusal: sentence }))
    })
    const room = parseSlug(String(fields.get('room') ?? ''))
    const [kind, retention, keep, listed] = ['kind', 'retention', 'keep', 'listed'].map((name) =>
      fields.get(name),
    )
    const made = await makeRoom(chat, c.var, room, parseRoomRequest({ kind, retention, keep, listed }))
    const url = roomLink(c, baseUrl, room)
    if (!made) return respondJoined(c, room, url)
    const { secure } = sessions
    for (const cookie of ownerCookies(chat.secrets, room, made.ownerToken, c.req.header('Cookie'), secure))
      c.header('Set-Cookie', cookie, { append: true })
    const ownerLink = `${url}/owner/${made.ownerToken}`
    switch (negotiate(c)) {
      case 'json':
        return c.json({ room, url, owner: ownerLink }, 201)
      case 'text':
        return c.text(`${url}\n${ownerLink}\n`, 201)
      case 'html':
        return c.html(renderPage(RoomCreatedPage({ asset, room, settings: made.settings, ownerLink })), 201)
    }
  })

  return routes
}

function typedRoom(fields: FormFields) {
  const typed = (field: string) => String(fields.get(field) ?? '')
  return {
    room: typed('room'),
    kind: typed('kind'),
    retention: typed('retention'),
    keep: typed('keep'),
    listed: parseListed(fields.get('listed')),
  }
}

/** No room was made: the caller joins the one that exists, or a vanishing one. */
function respondJoined(c: Context<Env>, room: Slug, url: string): Response {
  switch (negotiate(c)) {
    case 'json':
      return c.json({ room, url })
    case 'text':
      return c.text(`${url}\n`)
    case 'html':
      return c.redirect(roomPath(room), 303)
  }
}
