import { type Context, Hono } from 'hono'
import { HomePage } from '../../../views/home-page.tsx'
import { page } from '../../../views/layout.tsx'
import { MadePage } from '../../../views/room-created-page.tsx'
import { roomPath } from '../../../views/room-path.ts'
import { makeRoom, parseWish } from '../../chat/actions/make-room.ts'
import { parseListed } from '../../chat/kept-room.ts'
import { parseSlug, type Slug } from '../../chat/room.ts'
import type { Web } from '../context.ts'
import type { Env } from '../env.ts'
import { wants } from '../http/negotiate.ts'
import { joinLink } from '../http/own-origin.ts'
import { type Fields, readForm } from '../http/read-form.ts'
import { unlessBusy } from '../http/unless-busy.ts'
import { ownerCookie } from '../visitor/owner-cookie.ts'
import { listedRooms } from './listed-rooms.ts'

/** Makes a room, or joins the one of that name. */
export function createRoomRoutes({ chat, asset, baseUrl, sessions }: Web): Hono<Env> {
  const routes = new Hono<Env>()

  routes.post('/rooms', async (c) => {
    const fields = await readForm(c, async (typed, { sentence }) => {
      // The list may be unavailable for the same reason as the refusal. The page is worth showing without it.
      const listed = (await listedRooms(chat).catch(unlessBusy)) ?? []
      return page(HomePage({ asset, listed, typed: typedRoom(typed), refusal: sentence }))
    })
    const room = parseSlug(String(fields.get('room') ?? ''))
    const [kind, retention, keep, listed] = ['kind', 'retention', 'keep', 'listed'].map((name) =>
      fields.get(name),
    )
    const made = await makeRoom(chat, c.var, room, parseWish({ kind, retention, keep, listed }))
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

function typedRoom(fields: Fields) {
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
