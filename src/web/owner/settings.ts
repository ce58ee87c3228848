import { Hono } from 'hono'
import { renderPage } from '../../../views/layout.tsx'
import { roomPath } from '../../../views/room-path.ts'
import { SettingsPage, type SettingsProps } from '../../../views/settings-page.tsx'
import { changeRoom } from '../../chat/actions/change-room.ts'
import { deleteRoom } from '../../chat/actions/delete-room.ts'
import { DEFAULT_EMBEDDING, formatOrigins } from '../../chat/embedding.ts'
import { type KeptRoom, parseListed, parseSettings } from '../../chat/kept-room.ts'
import { Refusal } from '../../chat/refusal.ts'
import { isTypedSlug, type Slug } from '../../chat/room.ts'
import { settingsJson } from '../../frames/json.ts'
import type { WebContext } from '../context.ts'
import type { Env } from '../env.ts'
import { ignoreBusy } from '../http/ignore-busy.ts'
import { negotiate } from '../http/negotiate.ts'
import { type FormFields, readForm } from '../http/read-form.ts'
import { readRoomSlug } from '../http/read-slug.ts'
import { expiredOwnerCookies, ownerCookies } from '../visitor/owner-cookie.ts'
import { requireKeptRoom, requireOwnedRoom } from './require-owner.ts'

type SettingsOverrides = Partial<Omit<SettingsProps, 'embedding'>> & {
  readonly embedding?: { readonly saved: boolean }
}

const SETTINGS_PATH = '/r/:room/settings'

function createSettingsPageRenderer({ chat, asset }: Pick<WebContext, 'chat' | 'asset'>) {
  return async (
    slug: Slug,
    room: KeptRoom | undefined,
    { embedding: savedState, ...props }: SettingsOverrides = {},
  ) => {
    const { origins, secret } = (await chat.store.readEmbedding(slug).catch(ignoreBusy)) ?? DEFAULT_EMBEDDING
    const embedding = { origins: origins ? formatOrigins(origins) : '', secret, ...savedState }
    return renderPage(SettingsPage({ asset, room: slug, settings: room, embedding, ...props }))
  }
}

/** Reads the settings before the room guard, so that any refusal gives them back to the owner. */
export function settingsForm(web: Pick<WebContext, 'chat' | 'asset'>): Hono<Env> {
  const routes = new Hono<Env>()
  const settingsPage = createSettingsPageRenderer(web)

  routes.post(SETTINGS_PATH, async (c, next) => {
    await readForm(c, async (typed, { sentence }) =>
      settingsPage(readRoomSlug(c), await requireOwnedRoom(web.chat, c).catch(ignoreBusy), {
        typed: typedSettings(typed),
        refusal: sentence,
      }),
    )
    return next()
  })

  return routes
}

/** The owner's link, the settings, and the deletion of a kept room. */
export function settingsRoutes({ chat, asset, sessions }: WebContext): Hono<Env> {
  const routes = new Hono<Env>()

  const settingsPage = createSettingsPageRenderer({ chat, asset })

  routes.get('/r/:room/owner/:token', async (c) => {
    const { slug } = await requireKeptRoom(chat, c.var.room)
    const token = c.req.param('token')
    // The address contains the token: no page or server may get it as a Referer.
    c.header('Referrer-Policy', 'no-referrer')
    if (!(await chat.store.isOwner(slug, chat.secrets.hash(token))))
      throw new Refusal('forbidden', 'This is not the owner’s link of this room. Is it complete?')
    const cookies = ownerCookies(chat.secrets, slug, token, c.req.header('Cookie'), sessions.secure)
    for (const cookie of cookies) c.header('Set-Cookie', cookie, { append: true })
    return c.redirect(`${roomPath(slug)}/settings`, 303)
  })

  routes.get(SETTINGS_PATH, async (c) => {
    const room = await requireOwnedRoom(chat, c)
    if (negotiate(c) === 'json') return c.json({ room: room.slug, ...settingsJson(room) })
    const saved = c.req.query('saved')
    const props = saved === 'embedding' ? { embedding: { saved: true } } : { saved: saved !== undefined }
    return c.html(await settingsPage(room.slug, room, props))
  })

  routes.post(SETTINGS_PATH, async (c) => {
    const { room } = c.var
    const fields = await readForm(c)
    await requireOwnedRoom(chat, c)
    const [retention, keep, listed] = ['retention', 'keep', 'listed'].map((field) => fields.get(field))
    const changed = await changeRoom(chat, c.var, room, () => parseSettings({ retention, keep, listed }))
    if (negotiate(c) === 'json') return c.json({ room, ...settingsJson(changed) })
    return c.redirect(`${roomPath(room)}/settings?saved`, 303)
  })

  routes.post('/r/:room/delete', async (c) => {
    const room = await requireOwnedRoom(chat, c)
    const fields = await readForm(c, (_, { sentence }) =>
      settingsPage(room.slug, room, { deleteRefusal: sentence }),
    )
    checkConfirmation(room.slug, String(fields.get('confirm') ?? ''))
    // Read before: a deleted room has no owner.
    const expired = await expiredOwnerCookies(chat, room.slug, c.req.header('Cookie'), sessions.secure)
    await deleteRoom(chat, c.var, room.slug)
    for (const cookie of expired) c.header('Set-Cookie', cookie, { append: true })
    if (negotiate(c) === 'json') return c.json({ room: room.slug, deleted: true })
    // The room's page then says that it was deleted, and until when its name is reserved.
    return c.redirect(roomPath(room.slug), 303)
  })

  routes.post('/r/:room/disown', async (c) => {
    const { room } = c.var
    for (const cookie of await expiredOwnerCookies(chat, room, c.req.header('Cookie'), sessions.secure))
      c.header('Set-Cookie', cookie, { append: true })
    return c.redirect(roomPath(room), 303)
  })

  return routes
}

function typedSettings(fields: FormFields) {
  return {
    retention: String(fields.get('retention') ?? ''),
    keep: String(fields.get('keep') ?? ''),
    listed: parseListed(fields.get('listed')),
  }
}

/** @throws Refusal `invalid` if the typed text is not the room's name */
function checkConfirmation(room: Slug, typed: string): void {
  if (isTypedSlug(room, typed)) return
  throw new Refusal('invalid', `To delete the room, type its name: ${room}`)
}
