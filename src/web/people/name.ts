import { type Context, Hono } from 'hono'
import { renderPage } from '../../../views/layout.tsx'
import { NameFields, NamePage, SavedName } from '../../../views/name-form.tsx'
import { roomUrl } from '../../../views/room-path.ts'
import { takeName } from '../../chat/actions/take-name.ts'
import type { WebContext } from '../context.ts'
import type { Env } from '../env.ts'
import { IFRAME_CSP } from '../http/headers.ts'
import { negotiate, wantsFragment } from '../http/negotiate.ts'
import { type FormFields, readForm } from '../http/read-form.ts'
import { readRoomSlug } from '../http/read-slug.ts'
import { parseStaticLogPath } from '../rooms/static-log-address.ts'

const NAME_PATH = '/r/:room/name'

/** Reads the name before the room guard, so that any refusal gives it back. */
export function nameForm({ asset }: Pick<WebContext, 'asset'>): Hono<Env> {
  const routes = new Hono<Env>()

  routes.post(NAME_PATH, async (c, next) => {
    const room = readRoomSlug(c)
    await readForm(c, (fields, { sentence, offers }) => {
      const staticLogUrl = parseStaticLogPath(room, fields.get('log'))
      const form = {
        room,
        name: String(typedName(fields) ?? ''),
        refusal: sentence,
        offers,
        ...(staticLogUrl && { staticLogUrl }),
      }
      if (wantsFragment(c)) return String(NameFields(form))
      if (!c.var.embed) c.header('Content-Security-Policy', IFRAME_CSP)
      return renderPage(NamePage({ asset, ...form, ...c.var.embed }))
    })
    return next()
  })

  return routes
}

/** Changes a member's name in a room. */
export function nameRoutes({ chat, sessions, embedSessions }: WebContext): Hono<Env> {
  const routes = new Hono<Env>()

  routes.post(NAME_PATH, async (c: Context<Env, typeof NAME_PATH>) => {
    const { room } = c.var
    const fields = await readForm(c)
    const staticLogUrl = parseStaticLogPath(room, fields.get('log'))
    const seat = await takeName(chat, c.var, room, typedName(fields))
    const { embed, member } = c.var
    const { preferredNames } = embed ? embedSessions : sessions
    // Not for a verified name: it can't be taken again without the party that vouches for it.
    if (!member.verified) {
      const memberWithNames = preferredNames.addTo(member, c.req.header('Cookie'))
      c.header('Set-Cookie', preferredNames.setCookie(memberWithNames, room, seat.name), { append: true })
    }
    const url = embed?.urlAfterRename(seat.name) ?? roomUrl(room)
    if (wantsFragment(c)) return c.html(String(SavedName({ room, name: seat.name })))
    switch (negotiate(c)) {
      case 'json':
        return c.json(seat)
      case 'text':
        return c.text(`${seat.name}\n`)
      case 'html':
        return c.redirect(staticLogUrl ?? url(fields.get('back') === 'line' ? '/composer' : ''), 303)
    }
  })

  return routes
}

function typedName(fields: FormFields): unknown {
  return fields.get('name') ?? fields.get('text')
}
