import { type Context, Hono } from 'hono'
import { page } from '../../views/layout.tsx'
import { NameFields, NamePage, TakenName } from '../../views/name-form.tsx'
import { roomPath } from '../../views/room-path.ts'
import { takeName } from '../chat/take-name.ts'
import type { Web } from './app.ts'
import type { Env } from './env.ts'
import { FRAME_CSP } from './headers.ts'
import { readForm, tooLarge } from './read-form.ts'
import { readLog } from './read-log.ts'
import { readSlug } from './read-slug.ts'
import { wants, wantsPart } from './wants.ts'
import { wishCookie } from './wished-names.ts'

/** Another name in a room. */
export function nameRoutes({ chat, asset, sessions }: Web): Hono<Env> {
  const routes = new Hono<Env>()

  routes.post('/r/:room/name', async (c: Context<Env, '/r/:room/name'>) => {
    const room = readSlug(encodeURIComponent(c.req.param('room')))
    const { fields, oversized } = await readForm(c)
    const typed = fields.get('name') ?? fields.get('text')
    const log = readLog(room, fields.get('log'))
    c.set('giveBack', ({ sentence, offers }) => {
      const form = { room, name: String(typed ?? ''), refusal: sentence, offers, ...(log && { log }) }
      if (wantsPart(c)) return String(NameFields(form))
      c.header('Content-Security-Policy', FRAME_CSP)
      return page(NamePage({ asset, ...form }))
    })
    if (oversized) throw tooLarge()
    const seat = await takeName(chat, c.var, room, typed)
    c.header('Set-Cookie', wishCookie(c.var.member, room, seat.name, sessions.secure), { append: true })
    if (wantsPart(c)) return c.html(String(TakenName({ room, name: seat.name })))
    switch (wants(c)) {
      case 'json':
        return c.json(seat)
      case 'text':
        return c.text(`${seat.name}\n`)
      case 'html':
        return c.redirect(log ?? roomPath(room) + (fields.get('back') === 'line' ? '/composer' : ''), 303)
    }
  })

  return routes
}
