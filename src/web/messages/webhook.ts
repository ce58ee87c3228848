import { Hono } from 'hono'
import { authenticateToken } from '../../chat/actions/authenticate-token.ts'
import { postMessage } from '../../chat/actions/post-message.ts'
import { readSlackMessage } from '../../chat/actions/read-slack-message.ts'
import { enterable } from '../../chat/enterable.ts'
import { parseDraft } from '../../chat/message.ts'
import { Refusal } from '../../chat/refusal.ts'
import type { WebContext } from '../context.ts'
import type { Env } from '../env.ts'
import { chargeOversized } from '../http/charge-oversized.ts'
import { allowAnyOrigin } from '../http/cors.ts'
import { respondInText } from '../http/failures.ts'
import { readForm } from '../http/read-form.ts'
import { readRoomSlug } from '../http/read-slug.ts'

/**
 * An incoming webhook in the format of Slack: `{"text": …}`, `attachments` or `blocks`, as JSON of any content type or
 * as the field `payload` of a form. It is for programs that can only send JSON to an address. The token is in the
 * address; cookies are ignored.
 */
export function webhookRoutes({ chat, addressOf, log }: WebContext): Hono<Env> {
  const routes = new Hono<Env>()

  routes.post('/r/:room/hook/:token', async (c) => {
    allowAnyOrigin(c.env.outgoing)
    if (c.env.outgoing.failure !== undefined) throw c.env.outgoing.failure
    const room = readRoomSlug(c)
    const { member } = await authenticateToken(chat, c.req.param('token'), { room, scope: 'post' }).catch(
      refuseUnknownHook,
    )
    const caller = { member, address: addressOf(c.env.incoming) }
    await enterable(chat, room, member)
    const fields = await readForm(c, undefined, 'webhook').catch(chargeOversized(chat.limits, caller))
    await postMessage(chat, caller, room, () => parseDraft({ text: readHookText(fields) }))
    return c.text('ok')
  })
  routes.onError(respondInText(log))
  return routes
}

/** @throws Refusal `invalid` */
function readHookText(fields: ReadonlyMap<string, unknown>): string {
  const text = readSlackMessage(readPayload(fields))
  if (text === undefined)
    throw new Refusal('invalid', 'A message needs a field named text, or attachments or blocks with a text.')
  return text
}

/** @throws Refusal `invalid` */
function readPayload(fields: ReadonlyMap<string, unknown>): unknown {
  const payload = fields.get('payload')
  if (typeof payload !== 'string') return Object.fromEntries(fields)
  try {
    return JSON.parse(payload)
  } catch {
    throw new Refusal('invalid', 'The payload is not JSON.')
  }
}

/** Turns `unauthorized` into `not-found`: the address is the only credential. */
function refuseUnknownHook(thrown: unknown): never {
  if (thrown instanceof Refusal && thrown.code === 'unauthorized')
    throw new Refusal('not-found', 'There is no hook at this address. Is it complete, or was it revoked?')
  throw thrown
}
