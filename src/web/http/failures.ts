import type { ServerResponse } from 'node:http'
import { type Context, Hono } from 'hono'
import type { Logger } from 'pino'
import type { AssetUrl } from '../../../views/asset-url.ts'
import { FailurePage } from '../../../views/failure-page.tsx'
import { renderPage } from '../../../views/layout.tsx'
import type { Format } from '../../chat/delivery/frames.ts'
import { Refusal } from '../../chat/refusal.ts'
import type { Slug } from '../../chat/room.ts'
import type { Env, FormRefusal } from '../env.ts'
import { negotiate, wantsFragment } from './negotiate.ts'
import { readRoomSlug } from './read-slug.ts'
import { STATUS } from './refusal-status.ts'

const BUG_SENTENCE = 'Something went wrong on our side. What you typed was not accepted; try again.'

/** Turns anything thrown into a response, for every route except the streams. */
export function respondToFailure(log: Logger, asset: AssetUrl) {
  return async (thrown: Error, c: Context<Env>): Promise<Response> => {
    const refusal = thrown instanceof Refusal ? thrown : undefined
    if (!refusal) log.error({ err: thrown, route: c.req.routePath }, 'bug')
    const status = refusal ? STATUS[refusal.code] : 500
    const sentence = refusal?.message ?? BUG_SENTENCE
    for (const [name, value] of refusalHeaders(refusal)) c.header(name, value)
    const format = negotiate(c)
    if (format === 'json') return c.json(errorJson(refusal), status)
    if (format === 'text') return c.text(errorText(refusal), status)
    const form = await tryRedisplayForm(log, c, {
      sentence,
      offers: refusal?.offers ?? [],
      retryable: !refusal || refusal.retryAfter !== undefined,
    })
    if (form === undefined && wantsFragment(c)) {
      // There is no fragment to swap in: the page keeps its content, and its script shows the sentence.
      c.header('HX-Reswap', 'none')
      return c.text(sentence, status)
    }
    return c.html(
      form ??
        renderPage(
          FailurePage({
            asset,
            status,
            sentence,
            room: findRoomToLink(c, refusal),
            embed: c.var.embedFailure,
          }),
        ),
      status,
    )
  }
}

/** Responds with the error that was found before Hono's app was called, whatever the address. */
export function createRefusalApp(log: Logger, asset: AssetUrl): Hono<Env> {
  const app = new Hono<Env>()
  app.all('*', (c) => {
    throw c.env.outgoing.failure
  })
  app.onError(respondToFailure(log, asset))
  return app
}

/** The room that the failure page links to; undefined if the room itself was requested, or is gone. */
function findRoomToLink(c: Context<Env>, refusal: Refusal | undefined): Slug | undefined {
  const { path } = c.req
  const isRoom = path.startsWith('/r/') && path.split('/').length === 3 && !c.req.url.includes('?')
  if (!path.startsWith('/r/') || isRoom || refusal?.code === 'gone') return undefined
  try {
    return readRoomSlug(c)
  } catch (error) {
    if (error instanceof Refusal) return undefined
    throw error
  }
}

/** Like `respondToFailure`, but always in plain text: for routes that only programs use. */
export function respondInText(log: Logger) {
  return (thrown: Error, c: Context<Env>): Response => {
    const refusal = thrown instanceof Refusal ? thrown : undefined
    if (!refusal) log.error({ err: thrown, route: c.req.routePath }, 'bug')
    for (const [name, value] of refusalHeaders(refusal)) c.header(name, value)
    return c.text(`${refusal?.message ?? BUG_SENTENCE}\n`, refusal ? STATUS[refusal.code] : 500)
  }
}

function* refusalHeaders(refusal: Refusal | undefined): Generator<[string, string], void, void> {
  if (refusal?.retryAfter !== undefined) yield ['Retry-After', String(refusal.retryAfter)]
  // RFC 9110 §15.5.2: a 401 names the scheme that would be accepted.
  if (refusal?.code === 'unauthorized') yield ['WWW-Authenticate', 'Bearer']
}

/** The page that gives the typed text back. If it can't be made, the response is the plain refusal. */
async function tryRedisplayForm(
  log: Logger,
  c: Context<Env>,
  refused: FormRefusal,
): Promise<string | undefined> {
  try {
    return await c.var.redisplayForm?.(refused)
  } catch (error) {
    if (!(error instanceof Refusal)) log.error({ err: error, route: c.req.routePath }, 'bug')
    return undefined
  }
}

/** The sentence, then the alternatives that would be accepted, one per line. */
function errorText(refusal: Refusal | undefined): string {
  return `${[refusal?.message ?? BUG_SENTENCE, ...(refusal?.offers ?? [])].join('\n')}\n`
}

/** The error as programs get it. Refusals and bugs have the same shape. */
function errorJson(refusal: Refusal | undefined) {
  const { code = 'bug', message = BUG_SENTENCE, offers = [] } = refusal ?? {}
  return { error: { code, message, ...(offers.length > 0 && { offers }) } }
}

/** Responds for a stream that could not be opened: in JSON if its format is JSON, else in plain text, never in HTML. */
export function respondToStreamFailure(
  log: Logger,
  thrown: unknown,
  format: Format,
  response: ServerResponse,
): void {
  const refusal = thrown instanceof Refusal ? thrown : undefined
  if (!refusal) log.error({ err: thrown, route: 'stream' }, 'bug')
  if (response.headersSent) {
    response.destroy()
    return
  }
  const asJson = format === 'json' || format === 'ndjson'
  response.writeHead(refusal ? STATUS[refusal.code] : 500, {
    'Content-Type': asJson ? 'application/json' : 'text/plain; charset=utf-8',
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    ...Object.fromEntries(refusalHeaders(refusal)),
  })
  response.end(asJson ? JSON.stringify(errorJson(refusal)) : errorText(refusal))
}
