import type { IncomingMessage } from 'node:http'
import type { Context } from 'hono'
import { parseAccept } from 'hono/utils/accept'

/** The format of a response. */
export type ResponseFormat = 'html' | 'json' | 'text'

const MEDIA_TYPES: readonly (readonly [string, ResponseFormat])[] = [
  ['text/html', 'html'],
  ['application/json', 'json'],
  ['text/plain', 'text'],
]

/** The most characters of an Accept header that are read. Browsers send some 150. */
const ACCEPT_MAX = 1_000

/** Chooses the format by `Accept`. Without a preference there, a JSON body gets JSON, a browser HTML, others text. */
export function negotiate(c: Context): ResponseFormat {
  const preferred = readPreference(c.req.header('Accept'))
  if (preferred) return preferred
  if (c.req.header('Content-Type')?.startsWith('application/json')) return 'json'
  return c.req.header('Sec-Fetch-Dest') && !c.req.header('Authorization') ? 'html' : 'text'
}

/**
 * Reads which format an Accept header prefers (RFC 9110 §12.5.1). If it accepts none of them, that is HTML.
 * @returns undefined if it prefers none: there is no header, or only the range of all types matches
 */
function readPreference(header: string | undefined): ResponseFormat | undefined {
  if (header === undefined || header === '*/*') return undefined
  const ranges = parseAccept(header.slice(0, ACCEPT_MAX)).map(({ type, q }) => ({
    type: type.toLowerCase(),
    q,
  }))
  if (ranges.length === 0) return undefined
  const named = MEDIA_TYPES.flatMap(([type, format]) => {
    const exact = ranges.findIndex((range) => range.type === type)
    const family = `${type.split('/')[0]}/*`
    const index = exact < 0 ? ranges.findIndex((range) => range.type === family) : exact
    const q = ranges[index]?.q ?? 0
    return q > 0 ? [{ format, q, isFamily: exact < 0, index }] : []
  })
  const [best] = named.sort(
    (a, b) => b.q - a.q || Number(a.isFamily) - Number(b.isFamily) || a.index - b.index,
  )
  if (best) return best.format
  return ranges.some(({ type, q }) => (type === '*/*' || type === '*') && q > 0) ? undefined : 'html'
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
const TERMINAL_CLIENTS = /^(curl|httpie|xh|wget)\/|powershell\/[\d.]+$/i

/** Whether a program of the command line sent the request. PowerShell begins its name as browsers do. */
export function isCommandLine({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  return TERMINAL_CLIENTS.test(headers['user-agent'] ?? '')
}

/**
 * Whether a page is requested from a terminal: with a preference for plain text, or by a command-line client. Other
 * clients without a preference, such as those that look up a page's title, get the page.
 */
export function isFromTerminal(c: Context): boolean {
  const preferred = readPreference(c.req.header('Accept'))
  return preferred ? preferred === 'text' : isCommandLine(c.env.incoming)
}
