import { Hono } from 'hono'
import { ComposerFields, type ReturnTarget, renderEmptyFields } from '../../../views/composer.tsx'
import { ComposerPage } from '../../../views/composer-page.tsx'
import { renderPage } from '../../../views/layout.tsx'
import { roomUrl } from '../../../views/room-path.ts'
import { postMessage } from '../../chat/actions/post-message.ts'
import { formatId } from '../../chat/event.ts'
import { parseDraft } from '../../chat/message.ts'
import type { WebContext } from '../context.ts'
import type { Env } from '../env.ts'
import { IFRAME_CSP } from '../http/headers.ts'
import { negotiate, wantsFragment } from '../http/negotiate.ts'
import { readForm } from '../http/read-form.ts'
import { readRoomSlug } from '../http/read-slug.ts'
import { parseStaticLogPath } from '../rooms/static-log-address.ts'
import { messageJsonFor } from './message-json.ts'

const RETURN_PATHS: Readonly<Record<ReturnTarget, string>> = {
  room: '',
  line: '/composer',
  lines: '/composer?lines',
}

const MESSAGES_PATH = '/r/:room/messages'

/** Reads the message before the room guard, so that any refusal gives the text back to its author. */
export function messageForm({ chat, asset }: WebContext): Hono<Env> {
  const routes = new Hono<Env>()

  routes.post(MESSAGES_PATH, async (c, next) => {
    const room = readRoomSlug(c)
    await readForm(c, (fields, { sentence, retryable }) => {
      const [text, key] = [String(fields.get('text') ?? ''), fields.get('key')]
      const staticLogUrl = parseStaticLogPath(room, fields.get('log'))
      // The response may have been lost after the message was accepted. The same key prevents a second message.
      const postKey = retryable && typeof key === 'string' ? key : chat.secrets.token()
      const composer = { room, text, refusal: sentence, postKey, ...(staticLogUrl && { staticLogUrl }) }
      if (wantsFragment(c)) return String(ComposerFields(composer))
      if (!c.var.embed) c.header('Content-Security-Policy', IFRAME_CSP)
      const returnTo = parseReturnTarget(fields.get('back'))
      return renderPage(ComposerPage({ asset, returnTo, ...composer, ...c.var.embed }))
    })
    return next()
  })

  return routes
}

export function postMessageRoutes({ chat }: Pick<WebContext, 'chat'>): Hono<Env> {
  const routes = new Hono<Env>()

  routes.post(MESSAGES_PATH, async (c) => {
    const { room } = c.var
    const fields = await readForm(c)
    const message = await postMessage(chat, c.var, room, () =>
      parseDraft({ text: fields.get('text'), key: fields.get('key') }),
    )
    if (wantsFragment(c)) {
      c.header('Snug-Message', formatId(message.id))
      return c.html(renderEmptyFields(chat.secrets.token()))
    }
    const format = negotiate(c)
    if (format === 'json') return c.json(await messageJsonFor(chat, c.var.member, message), 201)
    if (format === 'text') return c.text(`Posted as ${message.author.name} (${formatId(message.id)}).\n`, 201)
    const staticLogUrl = parseStaticLogPath(room, fields.get('log'))
    const url = c.var.embed?.url ?? roomUrl(room)
    const Location = staticLogUrl
      ? `${staticLogUrl}#new`
      : url(RETURN_PATHS[parseReturnTarget(fields.get('back'))])
    return c.body(null, 303, { Location })
  })

  return routes
}

function parseReturnTarget(field: unknown): ReturnTarget {
  return field === 'line' || field === 'lines' ? field : 'room'
}
