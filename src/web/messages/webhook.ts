import { Hono } from 'hono'
import { authenticateToken } from '../../chat/actions/authenticate-token.ts'
import { decodeSlackText } from '../../chat/actions/decode-slack-text.ts'
import { postMessage } from '../../chat/actions/post-message.ts'
import { enterable } from '../../chat/enterable.ts'
import { parseDraft } from '../../chat/message.ts'
import { Refusal } from '../../chat/refusal.ts'
import type { WebContext } from '../context.ts'
import type { Env } from '../env.ts'
import { allowAnyOrigin } from '../http/cors.ts'
import { respondInText } from '../http/failures.ts'
import { readForm } from '../http/read-form.ts'
import { readRoomSlug } from '../http/read-slug.ts'

/**
 * An address by which programs post that can send nothing but JSON to an address, as Slack's incoming webhooks take
 * it: `{"text": …}`, also as the field `payload` of a form. Its token stands in the address, and no cookie counts.
 */
export function webhookRoutes({ chat, addressOf, log }: WebContext): Hono<Env> {
  const routes = new Hono<Env>()

  routes.post('/r/:room/hook/:token', async (c) => {
    allowAnyOrigin(c.env.outgoing)
    const room = readRoomSlug(c)
    const { member } = await authenticateToken(chat, c.req.param('token'), { room, scope: 'post' }).catch(
      refuseUnknownHook,
    )
    await enterable(chat, room, member)
    const fields = await readForm(c, undefined, 'dropped')
    await postMessage(chat, { member, address: addressOf(c.env.incoming) }, room, () => {
      const text = readHookText(fields)
      return parseDraft({ text: typeof text === 'string' ? decodeSlackText(text) : text })
    })
    return c.text('ok')
  })
  routes.onError(respondInText(log))
  return routes
}

/** @throws Refusal `invalid` */
function readHookText(fields: ReadonlyMap<string, unknown>): unknown {
  const payload = fields.get('payload')
  if (typeof payload !== 'string') return fields.get('text')
  try {
    const value: unknown = JSON.parse(payload)
    if (typeof value === 'object' && value !== null && 'text' in value) return value.text
  } catch {
    throw new Refusal('invalid', 'The payload is not JSON.')
  }
  return undefined
}

/** To those who can’t show who they are, an address is all there is. */
function refuseUnknownHook(thrown: unknown): never {
  if (thrown instanceof Refusal && thrown.code === 'unauthorized')
    throw new Refusal('not-found', 'There is no hook at this address. Is it complete, or was it revoked?')
  throw thrown
}
