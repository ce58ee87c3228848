import { Hono } from 'hono'
import { bearer } from '../../chat/actions/authenticate-token.ts'
import { postMessage } from '../../chat/actions/post-message.ts'
import { hookText } from '../../chat/actions/slack-text.ts'
import { enterable } from '../../chat/enterable.ts'
import { parseDraft } from '../../chat/message.ts'
import { Refusal } from '../../chat/refusal.ts'
import type { Web } from '../context.ts'
import type { Env } from '../env.ts'
import { allowAnyOrigin } from '../http/cors.ts'
import { answerInText } from '../http/failures.ts'
import { readForm } from '../http/read-form.ts'
import { roomOf } from '../http/read-slug.ts'

/**
 * An address by which programs post that can send nothing but JSON to an address, as Slack's incoming webhooks take
 * it: `{"text": …}`, also as the field `payload` of a form. Its token stands in the address, and no cookie counts.
 */
export function hookRoutes({ chat, addressOf, log }: Web): Hono<Env> {
  const routes = new Hono<Env>()

  routes.post('/r/:room/hook/:token', async (c) => {
    allowAnyOrigin(c.env.outgoing)
    const room = roomOf(c)
    const { member } = await bearer(chat, c.req.param('token'), { room, scope: 'post' }).catch(noHook)
    await enterable(chat, room, member)
    const fields = await readForm(c, undefined, 'dropped')
    await postMessage(chat, { member, address: addressOf(c.env.incoming) }, room, () => {
      const text = textIn(fields)
      return parseDraft({ text: typeof text === 'string' ? hookText(text) : text })
    })
    return c.text('ok')
  })
  routes.onError(answerInText(log))
  return routes
}

/** @throws Refusal `invalid` */
function textIn(fields: ReadonlyMap<string, unknown>): unknown {
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
function noHook(thrown: unknown): never {
  if (thrown instanceof Refusal && thrown.code === 'unauthorized')
    throw new Refusal('not-found', 'There is no hook at this address. Is it complete, or was it revoked?')
  throw thrown
}
