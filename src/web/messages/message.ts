import { type Context, Hono } from 'hono'
import { page } from '../../../views/layout.tsx'
import { toMessage } from '../../../views/message-item.tsx'
import { MessagePage } from '../../../views/message-page.tsx'
import { roomPath } from '../../../views/room-path.ts'
import { deleteMessage, editMessage, findMessage, parseChange } from '../../chat/actions/change-message.ts'
import { type EventId, parseCursor } from '../../chat/event.ts'
import { Refusal } from '../../chat/refusal.ts'
import { messageJson } from '../../frames/json.ts'
import type { Web } from '../context.ts'
import type { Env } from '../env.ts'
import { wants } from '../http/negotiate.ts'
import { readForm } from '../http/read-form.ts'
import { roomOf } from '../http/read-slug.ts'
import { unlessBusy } from '../http/unless-busy.ts'
import { editor } from './editor.ts'

const ONE = '/r/:room/messages/:id'

/** Reads the changed text before the door: whatever refuses it, its author gets it back. */
export function changeForm({ chat, asset }: Web): Hono<Env> {
  const routes = new Hono<Env>()

  routes.on(['POST', 'PUT', 'PATCH'], ONE, async (c, next) => {
    const { room, id } = read(c)
    await readForm(c, async (fields, { sentence }) => {
      const text = String(fields.get('text') ?? '')
      const found = await editor(chat, c, room)
        .then((who) => findMessage(chat, who, room, id))
        .catch(unlessBusy)
      // A message that is deleted, or another's, can't be changed with any text. One that can't be read may be theirs.
      if (found && !found.may) return undefined
      return page(
        MessagePage({ asset, room, id, message: found?.message, may: true, text, refusal: sentence }),
      )
    })
    return next()
  })

  return routes
}

/** One message of a kept room: to see, to change and to delete. */
export function messageRoute({ chat, asset }: Web): Hono<Env> {
  const routes = new Hono<Env>()

  routes.get(ONE, async (c) => {
    const { room, id } = read(c)
    const { message, may } = await findMessage(chat, await editor(chat, c, room), room, id)
    const wanted = wants(c)
    if (wanted === 'json') return c.json(messageJson(message))
    if (wanted === 'text') return c.text(`${message.text}\n`)
    return c.html(page(MessagePage({ asset, room, id, message, may })))
  })

  routes.on(['POST', 'PUT', 'PATCH'], ONE, async (c) => {
    const { room, id } = read(c)
    const fields = await readForm(c)
    const who = await editor(chat, c, room)
    const message = await editMessage(chat, who, room, id, () => parseChange(fields.get('text')))
    const wanted = wants(c)
    if (wanted === 'json') return c.json(messageJson(message))
    if (wanted === 'text') return c.text('Changed.\n')
    return c.redirect(roomPath(room) + toMessage(id), 303)
  })

  routes.on(['POST'], `${ONE}/delete`, async (c) => {
    const { room, id } = read(c)
    await deleteMessage(chat, await editor(chat, c, room), room, id)
    return wants(c) === 'html' ? c.redirect(roomPath(room), 303) : c.body(null, 204)
  })

  routes.delete(ONE, async (c) => {
    const { room, id } = read(c)
    await deleteMessage(chat, await editor(chat, c, room), room, id)
    return c.body(null, 204)
  })

  return routes
}

/** @throws Refusal `not-found` */
function read(c: Context<Env, '/r/:room/messages/:id'>) {
  const room = roomOf(c)
  const id: EventId | undefined = parseCursor(c.req.param('id'))
  if (!id) throw new Refusal('not-found', 'No message has this id.')
  return { room, id }
}
