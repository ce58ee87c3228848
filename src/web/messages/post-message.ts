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
import { readForm, tooLarge } from '../http/read-form.ts'
import { roomOf } from '../http/read-slug.ts'
import { readLog } from '../rooms/static-log-address.ts'

const RETURNS: Readonly<Record<Back, string>> = { room: '', line: '/composer', lines: '/composer?lines' }

export function messageRoutes({ chat, asset }: Web): Hono<Env> {
  const routes = new Hono<Env>()

  routes.post('/r/:room/messages', async (c) => {
    const room = roomOf(c)
    const { fields, oversized } = await readForm(c)
    const back = readBack(fields.get('back'))
    const log = readLog(room, fields.get('log'))
    const typed = String(fields.get('text') ?? '')
    const key = fields.get('key')
    c.set('giveBack', ({ sentence, again }) => {
      // Its answer may be lost and the message taken: the same again must stay the same message.
      const postKey = again && typeof key === 'string' ? key : chat.secrets.token()
      const composer = { room, text: typed, refusal: sentence, postKey, ...(log && { log }) }
      if (wantsPart(c)) return String(ComposerFields(composer))
      if (!c.var.embed) c.header('Content-Security-Policy', FRAME_CSP)
      return page(ComposerPage({ asset, back, ...composer, ...c.var.embed }))
    })
    const who = { member: c.get('member'), address: c.get('address') }
    const message = await postMessage(chat, who, room, () => {
      if (oversized) throw tooLarge()
      return parseDraft({ text: fields.get('text'), key })
    })
    if (wantsPart(c)) {
      c.header('Snug-Message', formatId(message.id))
      return c.html(String(ComposerFields({ postKey: chat.secrets.token() })))
    }
    const wanted = wants(c)
    if (wanted === 'json') return c.json(messageJson(message), 201)
    if (wanted === 'text') return c.text(`Posted as ${message.author.name} (${formatId(message.id)}).\n`, 201)
    const url = c.var.embed?.url ?? ownUrl(room)
    return c.body(null, 303, { Location: log ? `${log}#new` : url(RETURNS[back]) })
  })

  return routes
}

function readBack(field: unknown): Back {
  return field === 'line' || field === 'lines' ? field : 'room'
}
