import { Hono } from 'hono'
import { renderPage } from '../../../views/layout.tsx'
import { roomPath } from '../../../views/room-path.ts'
import { SettingsPage } from '../../../views/settings-page.tsx'
import { withinLimit } from '../../chat/actions/within-limit.ts'
import { type Embedding, formatOrigins, parseOrigins } from '../../chat/embedding.ts'
import type { Secrets } from '../../chat/ports/secrets.ts'
import type { WebContext } from '../context.ts'
import type { Env } from '../env.ts'
import { negotiate } from '../http/negotiate.ts'
import { type FormFields, readForm } from '../http/read-form.ts'
import { requireOwnedRoom } from './require-owner.ts'

/** The owner's settings for embeds: which other sites may embed the room, and the secret that signs names of users. */
export function embeddingRoutes({ chat, asset }: WebContext): Hono<Env> {
  const routes = new Hono<Env>()

  routes.post('/r/:room/embedding', async (c) => {
    const settings = await requireOwnedRoom(chat, c)
    const { slug } = settings
    const before = await chat.store.readEmbedding(slug)
    const typedOrigins = (typed: FormFields) => String(typed.get('origins') ?? '').trim()
    const fields = await readForm(c, (typed, { sentence }) => {
      const embedding = { origins: typedOrigins(typed), secret: before.secret, refusal: sentence }
      return renderPage(SettingsPage({ asset, room: slug, settings, embedding }))
    })
    const origins = typedOrigins(fields)
    const after = await withinLimit(chat.limits, 'post', c.var, async () => {
      const embedding: Embedding = {
        origins: origins === '' ? undefined : parseOrigins(origins),
        secret: nextSecret(chat.secrets, before.secret, fields.get('secret')),
      }
      await chat.store.changeEmbedding(slug, embedding)
      return embedding
    })
    if (negotiate(c) === 'json')
      return c.json({
        room: slug,
        origins: after.origins ? formatOrigins(after.origins) : null,
        secret: after.secret ?? null,
      })
    return c.redirect(`${roomPath(slug)}/settings?saved=embedding#embedding`, 303)
  })

  return routes
}

/** The secret after the change. A new one has 240 bits, so that it can't be guessed. */
function nextSecret(secrets: Secrets, before: string | undefined, choice: unknown): string | undefined {
  if (choice === 'new') return secrets.token() + secrets.token()
  return choice === 'none' ? undefined : before
}
