import type { IncomingMessage } from 'node:http'
import type { Context } from 'hono'
import { accepts } from 'hono/accepts'

/** What an answer should be. */
export type ResponseFormat = 'html' | 'json' | 'text'

const FORMAT_OF_MEDIA_TYPE = new Map<string, ResponseFormat>([
  ['text/html', 'html'],
  ['application/json', 'json'],
  ['text/plain', 'text'],
])

/** By `Accept`; where that says nothing, what came as JSON is answered in JSON, and programs get text. */
export function negotiate(c: Context): ResponseFormat {
  const header = c.req.header('Accept')
  if (header === undefined || header === '*/*') {
    if (c.req.header('Content-Type')?.startsWith('application/json')) return 'json'
    return c.req.header('Sec-Fetch-Dest') && !c.req.header('Authorization') ? 'html' : 'text'
  }
  const alone = FORMAT_OF_MEDIA_TYPE.get(header)
  if (alone) return alone
  const type = accepts(c, {
    header: 'Accept',
    supports: [...FORMAT_OF_MEDIA_TYPE.keys()],
    default: 'text/html',
  })
  return FORMAT_OF_MEDIA_TYPE.get(type) ?? 'html'
}

/** Whether this browser shows text alone, which no frame and no page that never ends can be shown in. */
export function isTextBrowser({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  return /^(lynx|w3m|e?links)\b/i.test(headers['user-agent'] ?? '')
}

/** Whether htmx asks for a part of the page. */
export function wantsFragment(c: Context): boolean {
  return c.req.header('HX-Request') === 'true'
}

/** Programs that people type; what they get is read on a terminal. */
const TERMINAL_CLIENTS = /^(curl|httpie|xh)\//i

/**
 * Whether somebody at a terminal asks for a page: by a wish for plain text, or because they typed this. Others who take
 * anything, as those do that look for a page's title, get the page.
 */
export function isFromTerminal(c: Context): boolean {
  const header = c.req.header('Accept')
  if (header === undefined || header === '*/*') return TERMINAL_CLIENTS.test(c.req.header('User-Agent') ?? '')
  return negotiate(c) === 'text'
}
