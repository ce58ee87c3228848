import { Hono } from 'hono'
import { type Back, ComposerFields } from '../../../views/composer.tsx'
import { ComposerPage } from '../../../views/composer-page.tsx'
import { page } from '../../../views/layout.tsx'
import { ownUrl } from '../../../views/room-path.ts'
import { postMessage } from '../../chat/actions/post-message.ts'
import { formatId } from '../../chat/event.ts'
import { parseDraft } from '../../chat/message.ts'
import { messageJson } from '../../frames/json.ts'
import type { Web } from '../context.ts'
import type { Env } from '../env.ts'
import { FRAME_CSP } from '../http/headers.ts'
import { wants, wantsPart } from '../http/negotiate.ts'
import { readForm } from '../http/read-form.ts'
import { roomOf } from '../http/read-slug.ts'
import { readLog } from '../rooms/static-log-address.ts'

const RETURNS: Readonly<Record<Back, string>> = { room: '', line: '/composer', lines: '/composer?lines' }

const MESSAGES = '/r/:room/messages'

/** Reads the message before the door: whatever refuses it, its author gets the text back. */
export function messageForm({ chat, asset }: Web): Hono<Env> {
  const routes = new Hono<Env>()

  routes.post(MESSAGES, async (c, next) => {
    const room = roomOf(c)
    await readForm(c, (fields, { sentence, again }) => {
      const [text, key] = [String(fields.get('text') ?? ''), fields.get('key')]
      const log = readLog(room, fields.get('log'))
      // The answer may have been lost after the message was accepted: the same key keeps it one message.
      const postKey = again && typeof key === 'string' ? key : chat.secrets.token()
      const composer = { room, text, refusal: sentence, postKey, ...(log && { log }) }
      if (wantsPart(c)) return String(ComposerFields(composer))
      if (!c.var.embed) c.header('Content-Security-Policy', FRAME_CSP)
      const back = readBack(fields.get('back'))
      return page(ComposerPage({ asset, back, ...composer, ...c.var.embed }))
    })
    return next()
  })

  return routes
}

export function messageRoutes({ chat }: Pick<Web, 'chat'>): Hono<Env> {
  const routes = new Hono<Env>()

  routes.post(MESSAGES, async (c) => {
    const { room } = c.var
    const fields = await readForm(c)
    const message = await postMessage(chat, c.var, room, () =>
      parseDraft({ text: fields.get('text'), key: fields.get('key') }),
    )
    if (wantsPart(c)) {
      c.header('Snug-Message', formatId(message.id))
      return c.html(String(ComposerFields({ postKey: chat.secrets.token() })))
    }
    const wanted = wants(c)
    if (wanted === 'json') return c.json(messageJson(message), 201)
    if (wanted === 'text') return c.text(`Posted as ${message.author.name} (${formatId(message.id)}).\n`, 201)
    const log = readLog(room, fields.get('log'))
    const url = c.var.embed?.url ?? ownUrl(room)
    const Location = log ? `${log}#new` : url(RETURNS[readBack(fields.get('back'))])
    return c.body(null, 303, { Location })
  })

  return routes
}

function readBack(field: unknown): Back {
  return field === 'line' || field === 'lines' ? field : 'room'
}
