import { Hono } from 'hono'
import type { WebContext } from './context.ts'
import { handleEmbedRequest, rewriteEmbedPath } from './embed/embed-request.ts'
import { oembedRoutes } from './embed/oembed.ts'
import { embedRoutes } from './embed/page.ts'
import { embedTicketRoutes } from './embed/renew-ticket.ts'
import { embedScriptRoutes } from './embed/script.ts'
import type { Env } from './env.ts'
import { chargeOversizedRequests } from './http/charge-oversized.ts'
import { respondToFailure } from './http/failures.ts'
import { notFoundHandler } from './http/not-found.ts'
import { checkOrigin, readOriginHeaders } from './http/origin-check.ts'
import { historyRoutes } from './messages/history.ts'
import { editForm, messageRoutes } from './messages/message.ts'
import { permalinkRoutes } from './messages/permalink.ts'
import { messageForm, postMessageRoutes } from './messages/post-message.ts'
import { webhookRoutes } from './messages/webhook.ts'
import { openApiRoutes } from './openapi/route.ts'
import { embeddingRoutes } from './owner/embedding.ts'
import { exportRoutes } from './owner/export.ts'
import { settingsForm, settingsRoutes } from './owner/settings.ts'
import { tokenRoutes } from './owner/tokens.ts'
import { leaveRoutes } from './people/leave.ts'
import { meRoutes } from './people/me.ts'
import { nameForm, nameRoutes } from './people/name.ts'
import { peopleRoutes } from './people/people.ts'
import { presenceRoutes } from './people/presence.ts'
import { composerRoutes } from './rooms/composer-frame.ts'
import { createRoomRoutes } from './rooms/create-room.ts'
import { qrCodeRoutes } from './rooms/qr-code.ts'
import { roomRoutes } from './rooms/room.ts'
import { roomGuard } from './rooms/room-guard.ts'
import { staticLogRoutes } from './rooms/static-log.ts'
import { roomUsageRoutes } from './rooms/terminal-usage.ts'
import { aboutRoutes } from './site/about.ts'
import { assetRoutes } from './site/assets.ts'
import { healthRoutes } from './site/health.ts'
import { homeRoutes } from './site/home.ts'
import { manifestRoutes } from './site/manifest.ts'
import { metricsRoutes } from './site/metrics.ts'
import { STREAM_SEGMENTS } from './stream/stream-route.ts'
import { accentRoutes } from './stylesheets/accent.ts'
import { ownMessagesRoutes } from './stylesheets/own-messages.ts'
import { supersededMessagesRoutes } from './stylesheets/superseded-messages.ts'
import { identify, readCredential } from './visitor/identity.ts'
import { readTokenUse } from './visitor/token-permissions.ts'
import { tokenPreflightRoutes } from './visitor/token-preflight.ts'

/**
 * The Hono app. It handles all requests except streams and the usual requests for a room's page
 * (`rooms/fast-room-route.ts`).
 */
export function createApp(web: WebContext): Hono<Env> {
  const app = new Hono<Env>({ getPath: rewriteEmbedPath })
  app.route('/', healthRoutes(web))
  app.route('/', metricsRoutes(web))
  app.route('/', assetRoutes(web.assets))
  app.route('/', embedScriptRoutes(web.assets))
  app.route('/', ownMessagesRoutes())
  app.route('/', accentRoutes())
  app.route('/', supersededMessagesRoutes())
  app.route('/', manifestRoutes(web))
  app.route('/', openApiRoutes(web))
  app.route('/', tokenPreflightRoutes())
  app.route('/', webhookRoutes(web))

  app.use((c, next) => {
    const { failure } = c.env.outgoing
    if (failure !== undefined) throw failure
    const credential = readCredential(c.env.incoming)
    const { kind } = credential
    c.set('credential', credential)
    if (kind === 'token') readTokenUse(c.req.method, c.req.path)
    else if (kind !== 'ticket' && c.req.method !== 'GET' && c.req.method !== 'HEAD')
      checkOrigin(readOriginHeaders(c.env.incoming), web.baseUrl)
    return next()
  })
  // Registered before the session middleware: viewing /me must not create a session.
  app.route('/', meRoutes(web))
  app.route('/', embedRoutes(web))
  app.route('/', oembedRoutes(web))

  app.use(async (c, next) => {
    const credential = c.get('credential')
    if (credential.kind === 'ticket') return handleEmbedRequest(web, credential, c, next)
    const identity = await identify(web, credential, () => readTokenUse(c.req.method, c.req.path))
    if (identity.by === 'cookies') {
      c.set('session', identity.session)
      c.set('sessionCookies', identity.setCookies)
    }
    c.set('member', identity.member)
    c.set('address', web.addressOf(c.env.incoming))
    await next()
    if (c.res.status < 400)
      for (const cookie of c.get('sessionCookies') ?? []) c.res.headers.append('Set-Cookie', cookie)
  })
  app.use(chargeOversizedRequests(web.chat.limits))
  app.route('/', homeRoutes(web))
  app.route('/', createRoomRoutes(web))
  app.route('/', aboutRoutes(web))
  app.route('/', leaveRoutes(web))
  // Forms are read before the room guard, so that a refusal of the guard gives the typed text back, too.
  app.route('/', messageForm(web))
  app.route('/', editForm(web))
  app.route('/', nameForm(web))
  app.route('/', settingsForm(web))
  for (const path of ['/r/:room', '/r/:room/*', '/embed/:room/ticket']) app.use(path, roomGuard(web))
  app.route('/', permalinkRoutes(web))
  app.route('/', roomUsageRoutes(web))
  app.route('/', roomRoutes(web))
  app.route('/', staticLogRoutes(web))
  app.route('/', qrCodeRoutes(web))
  app.route('/', composerRoutes(web))
  app.route('/', postMessageRoutes(web))
  app.route('/', messageRoutes(web))
  app.route('/', historyRoutes(web))
  app.route('/', settingsRoutes(web))
  app.route('/', tokenRoutes(web))
  app.route('/', embeddingRoutes(web))
  app.route('/', exportRoutes(web))
  app.route('/', nameRoutes(web))
  app.route('/', peopleRoutes(web))
  app.route('/', presenceRoutes(web))
  app.route('/', embedTicketRoutes(web))

  app.notFound(
    notFoundHandler(
      app,
      STREAM_SEGMENTS.map((leaf) => `/r/:room/${leaf}`),
    ),
  )
  app.onError(respondToFailure(web.log, web.asset))
  return app
}
