import { type Context, Hono } from 'hono'
import { renderPage } from '../../../views/layout.tsx'
import { messageLink } from '../../../views/message-item.tsx'
import { MessagePage } from '../../../views/message-page.tsx'
import { roomPath } from '../../../views/room-path.ts'
import { deleteMessage, editMessage, findMessage, parseEdit } from '../../chat/actions/change-message.ts'
import { type EventId, parseCursor } from '../../chat/event.ts'
import { Refusal } from '../../chat/refusal.ts'
import type { WebContext } from '../context.ts'
import type { Env } from '../env.ts'
import { ignoreBusy } from '../http/ignore-busy.ts'
import { negotiate } from '../http/negotiate.ts'
import { readForm } from '../http/read-form.ts'
import { readRoomSlug } from '../http/read-slug.ts'
import { identifyEditor } from './editor.ts'
import { messageJsonFor } from './message-json.ts'

const MESSAGE_PATH = '/r/:room/messages/:id'

/** Reads the changed text before the room guard, so that any refusal gives it back to its author. */
export function editForm({ chat, asset }: WebContext): Hono<Env> {
  const routes = new Hono<Env>()

  routes.on(['POST', 'PUT', 'PATCH'], MESSAGE_PATH, async (c, next) => {
    const { room, id } = readParams(c)
    await readForm(c, async (fields, { sentence }) => {
      const text = String(fields.get('text') ?? '')
      const found = await identifyEditor(chat, c, room)
        .then((caller) => findMessage(chat, caller, room, id))
        .catch(ignoreBusy)
      // No text can change a deleted message or another member's. One that can't be read now may be the caller's.
      if (found && !found.canChange) return undefined
      return renderPage(
        MessagePage({ asset, room, id, message: found?.message, canChange: true, text, refusal: sentence }),
      )
    })
    return next()
  })

  return routes
}

/** One message of a kept room: reading, editing and deleting it. */
export function messageRoutes({ chat, asset }: WebContext): Hono<Env> {
  const routes = new Hono<Env>()

  routes.get(MESSAGE_PATH, async (c) => {
    const { room, id } = readParams(c)
    const { message, canChange } = await findMessage(chat, await identifyEditor(chat, c, room), room, id)
    const format = negotiate(c)
    if (format === 'json') return c.json(await messageJsonFor(chat, c.var.member, message))
    if (format === 'text') return c.text(`${message.text}\n`)
    return c.html(renderPage(MessagePage({ asset, room, id, message, canChange })))
  })

  routes.on(['POST', 'PUT', 'PATCH'], MESSAGE_PATH, async (c) => {
    const { room, id } = readParams(c)
    const fields = await readForm(c)
    const caller = await identifyEditor(chat, c, room)
    const message = await editMessage(chat, caller, room, id, () => parseEdit(fields.get('text')))
    const format = negotiate(c)
    if (format === 'json') return c.json(await messageJsonFor(chat, c.var.member, message))
    if (format === 'text') return c.text('Changed.\n')
    return c.redirect(roomPath(room) + messageLink(id), 303)
  })

  routes.on(['POST'], `${MESSAGE_PATH}/delete`, async (c) => {
    const { room, id } = readParams(c)
    await deleteMessage(chat, await identifyEditor(chat, c, room), room, id)
    return negotiate(c) === 'html' ? c.redirect(roomPath(room), 303) : c.body(null, 204)
  })

  routes.delete(MESSAGE_PATH, async (c) => {
    const { room, id } = readParams(c)
    await deleteMessage(chat, await identifyEditor(chat, c, room), room, id)
    return c.body(null, 204)
  })

  return routes
}

/** @throws Refusal `not-found` */
function readParams(c: Context<Env, '/r/:room/messages/:id'>) {
  const room = readRoomSlug(c)
  const id: EventId | undefined = parseCursor(c.req.param('id'))
  if (!id) throw new Refusal('not-found', 'No message has this id.')
  return { room, id }
}
