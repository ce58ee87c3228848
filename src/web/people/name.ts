import { type Context, Hono } from 'hono'
import { page } from '../../../views/layout.tsx'
import { NameFields, NamePage, TakenName } from '../../../views/name-form.tsx'
import { ownUrl } from '../../../views/room-path.ts'
import { takeName } from '../../chat/actions/take-name.ts'
import type { Web } from '../context.ts'
import type { Env } from '../env.ts'
import { FRAME_CSP } from '../http/headers.ts'
import { wants, wantsPart } from '../http/negotiate.ts'
import { type Fields, readForm } from '../http/read-form.ts'
import { roomOf } from '../http/read-slug.ts'
import { readLog } from '../rooms/static-log-address.ts'
import { wishCookie, withWishes } from '../visitor/preferred-names.ts'

const NAME = '/r/:room/name'

/** Reads the name before the door: whatever refuses it, what was typed comes back. */
export function nameForm({ asset }: Pick<Web, 'asset'>): Hono<Env> {
  const routes = new Hono<Env>()

  routes.post(NAME, async (c, next) => {
    const room = roomOf(c)
    await readForm(c, (fields, { sentence, offers }) => {
      const log = readLog(room, fields.get('log'))
      const form = {
        room,
        name: String(typedName(fields) ?? ''),
        refusal: sentence,
        offers,
        ...(log && { log }),
      }
      if (wantsPart(c)) return String(NameFields(form))
      if (!c.var.embed) c.header('Content-Security-Policy', FRAME_CSP)
      return page(NamePage({ asset, ...form, ...c.var.embed }))
    })
    return next()
  })

  return routes
}

/** Another name in a room. */
export function nameRoutes({ chat, sessions, embedSessions }: Web): Hono<Env> {
  const routes = new Hono<Env>()

  routes.post(NAME, async (c: Context<Env, typeof NAME>) => {
    const { room } = c.var
    const fields = await readForm(c)
    const log = readLog(room, fields.get('log'))
    const seat = await takeName(chat, c.var, room, typedName(fields))
    const { embed, member } = c.var
    const { jar } = embed ? embedSessions : sessions
    // A name that somebody else answers for is wished for by nobody.
    if (!member.verified) {
      const wisher = withWishes(member, c.req.header('Cookie'), jar)
      c.header('Set-Cookie', wishCookie(wisher, room, seat.name, jar), { append: true })
    }
    const url = embed?.urlNamed(seat.name) ?? ownUrl(room)
    if (wantsPart(c)) return c.html(String(TakenName({ room, name: seat.name })))
    switch (wants(c)) {
      case 'json':
        return c.json(seat)
      case 'text':
        return c.text(`${seat.name}\n`)
      case 'html':
        return c.redirect(log ?? url(fields.get('back') === 'line' ? '/composer' : ''), 303)
    }
  })

  return routes
}

function typedName(fields: Fields): unknown {
  return fields.get('name') ?? fields.get('text')
}
