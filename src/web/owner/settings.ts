import { Hono } from 'hono'
import { page } from '../../../views/layout.tsx'
import { roomPath } from '../../../views/room-path.ts'
import { SettingsPage, type SettingsProps } from '../../../views/settings-page.tsx'
import { changeRoom } from '../../chat/actions/change-room.ts'
import { deleteRoom } from '../../chat/actions/delete-room.ts'
import { NO_EMBEDDING, originsText } from '../../chat/embedding.ts'
import { type KeptRoom, parseListed, parseSettings } from '../../chat/kept-room.ts'
import { Refusal } from '../../chat/refusal.ts'
import type { Slug } from '../../chat/room.ts'
import { settingsJson } from '../../frames/json.ts'
import type { Web } from '../context.ts'
import type { Env } from '../env.ts'
import { wants } from '../http/negotiate.ts'
import { type Fields, readForm } from '../http/read-form.ts'
import { unlessBusy } from '../http/unless-busy.ts'
import { noOwnerCookie, ownerCookie } from '../visitor/owner-cookie.ts'
import { keptRoom, ownedRoom } from './require-owner.ts'

type PageProps = Partial<Omit<SettingsProps, 'embedding'>> & {
  readonly embedding?: { readonly saved: boolean }
}

/** What the owner of a kept room can do with it. */
export function ownerRoutes({ chat, asset, sessions }: Web): Hono<Env> {
  const routes = new Hono<Env>()

  const settingsPage = async (
    slug: Slug,
    room: KeptRoom | undefined,
    { embedding: said, ...props }: PageProps = {},
  ) => {
    const { origins, secret } = (await chat.store.embedding(slug).catch(unlessBusy)) ?? NO_EMBEDDING
    const embedding = { origins: origins ? originsText(origins) : '', secret, ...said }
    return page(SettingsPage({ asset, room: slug, settings: room, embedding, ...props }))
  }

  routes.get('/r/:room/owner/:token', async (c) => {
    const { slug } = await keptRoom(chat, c.var.room)
    const token = c.req.param('token')
    // The address must not be told to any page or server that comes next.
    c.header('Referrer-Policy', 'no-referrer')
    if (!(await chat.store.isOwner(slug, chat.secrets.imprint(token))))
      throw new Refusal('forbidden', 'This is not the owner’s link of this room. Is it complete?')
    c.header('Set-Cookie', ownerCookie(slug, token, sessions.secure), { append: true })
    return c.redirect(`${roomPath(slug)}/settings`, 303)
  })

  routes.get('/r/:room/settings', async (c) => {
    const room = await ownedRoom(chat, c)
    if (wants(c) === 'json') return c.json({ room: room.slug, ...settingsJson(room) })
    const said = c.req.query('saved')
    const props = said === 'embedding' ? { embedding: { saved: true } } : { saved: said !== undefined }
    return c.html(await settingsPage(room.slug, room, props))
  })

  routes.post('/r/:room/settings', async (c) => {
    const { room } = c.var
    const fields = await readForm(c, async (typed, { sentence }) =>
      settingsPage(room, await ownedRoom(chat, c).catch(unlessBusy), {
        typed: typedSettings(typed),
        refusal: sentence,
      }),
    )
    await ownedRoom(chat, c)
    const [retention, keep, listed] = ['retention', 'keep', 'listed'].map((field) => fields.get(field))
    const changed = await changeRoom(chat, c.var, room, () => parseSettings({ retention, keep, listed }))
    if (wants(c) === 'json') return c.json({ room, ...settingsJson(changed) })
    return c.redirect(`${roomPath(room)}/settings?saved`, 303)
  })

  routes.post('/r/:room/delete', async (c) => {
    const room = await ownedRoom(chat, c)
    const fields = await readForm(c, (_, { sentence }) =>
      settingsPage(room.slug, room, { deleteRefusal: sentence }),
    )
    confirm(room.slug, String(fields.get('confirm') ?? ''))
    await deleteRoom(chat, c.var, room.slug)
    c.header('Set-Cookie', noOwnerCookie(room.slug, sessions.secure), { append: true })
    if (wants(c) === 'json') return c.json({ room: room.slug, deleted: true })
    // Which says that it was deleted, and until when its name is nobody's.
    return c.redirect(roomPath(room.slug), 303)
  })

  routes.post('/r/:room/disown', async (c) => {
    const { room } = c.var
    c.header('Set-Cookie', noOwnerCookie(room, sessions.secure), { append: true })
    return c.redirect(roomPath(room), 303)
  })

  return routes
}

function typedSettings(fields: Fields) {
  return {
    retention: String(fields.get('retention') ?? ''),
    keep: String(fields.get('keep') ?? ''),
    listed: parseListed(fields.get('listed')),
  }
}

/** @throws Refusal `invalid` when what was typed is not the room's name */
function confirm(room: Slug, typed: string): void {
  if (typed.normalize('NFKC').trim().toLowerCase() === room) return
  throw new Refusal('invalid', `To delete the room, type its name: ${room}`)
}
