import { type Context, Hono } from 'hono'
import { page } from '../../../views/layout.tsx'
import { toMessage } from '../../../views/message-item.tsx'
import { MessagePage } from '../../../views/message-page.tsx'
import { roomPath } from '../../../views/room-path.ts'
import { deleteMessage, editMessage, findMessage, parseChange } from '../../chat/actions/change-message.ts'
import { type EventId, parseCursor } from '../../chat/event.ts'
import { Refusal } from '../../chat/refusal.ts'
import type { Slug } from '../../chat/room.ts'
import { messageJson } from '../../frames/json.ts'
import type { Web } from '../context.ts'
import type { Env } from '../env.ts'
import { wants } from '../http/negotiate.ts'
import { readForm, tooLarge } from '../http/read-form.ts'
import { roomOf } from '../http/read-slug.ts'
import { unlessBusy } from '../http/unless-busy.ts'
import { editor } from './editor.ts'

const ONE = '/r/:room/messages/:id'

/** One message of a kept room: to see, to change and to delete. */
export function messageRoute({ chat, asset }: Web): Hono<Env> {
  const routes = new Hono<Env>()

  const find = async (c: Context<Env>, room: Slug, id: EventId) =>
    findMessage(chat, await editor(chat, c, room), room, id)

  routes.get(ONE, async (c) => {
    const { room, id } = read(c)
    const { message, may } = await find(c, room, id)
    const wanted = wants(c)
    if (wanted === 'json') return c.json(messageJson(message))
    if (wanted === 'text') return c.text(`${message.text}\n`)
    return c.html(page(MessagePage({ asset, room, id, message, may })))
  })

  routes.on(['POST', 'PUT', 'PATCH'], ONE, async (c) => {
    const { room, id } = read(c)
    const { fields, oversized } = await readForm(c)
    c.set('giveBack', async ({ sentence }) => {
      const text = String(fields.get('text') ?? '')
      const found = await find(c, room, id).catch(unlessBusy)
      // What is gone, or another's, can't be changed with any other text either; what can't be read may be theirs.
      if (found && !found.may) return undefined
      return page(
        MessagePage({ asset, room, id, message: found?.message, may: true, text, refusal: sentence }),
      )
    })
    const who = await editor(chat, c, room)
    const message = await editMessage(chat, who, room, id, () => {
      if (oversized) throw tooLarge()
      return parseChange(fields.get('text'))
    })
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
