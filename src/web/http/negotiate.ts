import type { IncomingMessage } from 'node:http'
import type { Context } from 'hono'
import { accepts } from 'hono/accepts'

/** What an answer should be. */
export type Wanted = 'html' | 'json' | 'text'

const TYPES = new Map<string, Wanted>([
  ['text/html', 'html'],
  ['application/json', 'json'],
  ['text/plain', 'text'],
])

/** By `Accept`; where that says nothing, what came as JSON is answered in JSON, and programs get text. */
export function wants(c: Context): Wanted {
  const header = c.req.header('Accept')
  if (header === undefined || header === '*/*') {
    if (c.req.header('Content-Type')?.startsWith('application/json')) return 'json'
    return c.req.header('Sec-Fetch-Dest') && !c.req.header('Authorization') ? 'html' : 'text'
  }
  const alone = TYPES.get(header)
  if (alone) return alone
  const type = accepts(c, { header: 'Accept', supports: [...TYPES.keys()], default: 'text/html' })
  return TYPES.get(type) ?? 'html'
}

/** Whether this browser shows text alone, which no frame and no page that never ends can be shown in. */
export function isTextBrowser({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  return /^(lynx|w3m|e?links)\b/i.test(headers['user-agent'] ?? '')
}

/** Whether htmx asks for a part of the page. */
export function wantsPart(c: Context): boolean {
  return c.req.header('HX-Request') === 'true'
}

/** Programs that people type; what they get is read on a terminal. */
const TYPED = /^(curl|httpie|xh)\//i

/**
 * Whether somebody at a terminal asks for a page: by a wish for plain text, or because they typed this. Others who take
 * anything, as those do that look for a page's title, get the page.
 */
export function fromTerminal(c: Context): boolean {
  const header = c.req.header('Accept')
  if (header === undefined || header === '*/*') return TYPED.test(c.req.header('User-Agent') ?? '')
  return wants(c) === 'text'
}
