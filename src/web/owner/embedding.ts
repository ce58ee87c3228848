import { Hono } from 'hono'
import { page } from '../../../views/layout.tsx'
import { roomPath } from '../../../views/room-path.ts'
import { SettingsPage } from '../../../views/settings-page.tsx'
import { spend } from '../../chat/actions/within-limit.ts'
import { type Embedding, originsText, parseOrigins } from '../../chat/embedding.ts'
import type { Secrets } from '../../chat/ports/secrets.ts'
import type { Web } from '../context.ts'
import type { Env } from '../env.ts'
import { wants } from '../http/negotiate.ts'
import { type Fields, readForm } from '../http/read-form.ts'
import { ownedRoom } from './require-owner.ts'

/** Which other sites' pages may show a room, and by which secret they name who comes: for its owner to say. */
export function embeddingRoutes({ chat, asset }: Web): Hono<Env> {
  const routes = new Hono<Env>()

  routes.post('/r/:room/embedding', async (c) => {
    const settings = await ownedRoom(chat, c)
    const { slug } = settings
    const before = await chat.store.embedding(slug)
    const typedOrigins = (typed: Fields) => String(typed.get('origins') ?? '').trim()
    const fields = await readForm(c, (typed, { sentence }) => {
      const embedding = { origins: typedOrigins(typed), secret: before.secret, refusal: sentence }
      return page(SettingsPage({ asset, room: slug, settings, embedding }))
    })
    const origins = typedOrigins(fields)
    const after = await spend(chat.limits, 'post', c.var, async () => {
      const embedding: Embedding = {
        origins: origins === '' ? undefined : parseOrigins(origins),
        secret: secretAfter(chat.secrets, before.secret, fields.get('secret')),
      }
      await chat.store.embed(slug, embedding)
      return embedding
    })
    if (wants(c) === 'json')
      return c.json({
        room: slug,
        origins: after.origins ? originsText(after.origins) : null,
        secret: after.secret ?? null,
      })
    return c.redirect(`${roomPath(slug)}/settings?saved=embedding#embedding`, 303)
  })

  return routes
}

/** 240 bits, of which nobody guesses any. */
function secretAfter(secrets: Secrets, before: string | undefined, wish: unknown): string | undefined {
  if (wish === 'new') return secrets.token() + secrets.token()
  return wish === 'none' ? undefined : before
}
