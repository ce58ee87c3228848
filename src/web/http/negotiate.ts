import type { IncomingMessage } from 'node:http'
import type { Context } from 'hono'
import { accepts } from 'hono/accepts'

/** The format of a response. */
export type ResponseFormat = 'html' | 'json' | 'text'

const FORMAT_OF_MEDIA_TYPE = new Map<string, ResponseFormat>([
  ['text/html', 'html'],
  ['application/json', 'json'],
  ['text/plain', 'text'],
])

/** Chooses the format by `Accept`. Without a preference there, a JSON body gets JSON, a browser HTML, others text. */
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

/** Whether the browser shows only text: it can show neither frames nor a page that never ends. */
export function isTextBrowser({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  return /^(lynx|w3m|e?links)\b/i.test(headers['user-agent'] ?? '')
}

/** Whether htmx requests a part of the page. */
export function wantsFragment(c: Context): boolean {
  return c.req.header('HX-Request') === 'true'
}

/** Command-line clients, whose output is read in a terminal. */
const TERMINAL_CLIENTS = /^(curl|httpie|xh)\//i

/**
 * Whether a page is requested from a terminal: with a preference for plain text, or by a command-line client. Other
 * clients without a preference, such as those that look up a page's title, get the page.
 */
export function isFromTerminal(c: Context): boolean {
  const header = c.req.header('Accept')
  if (header === undefined || header === '*/*') return TERMINAL_CLIENTS.test(c.req.header('User-Agent') ?? '')
  return negotiate(c) === 'text'
}
