import { Hono } from 'hono'
import type { Web } from './context.ts'
import { answerEmbed, routedPath } from './embed/embed-request.ts'
import { oembedRoutes } from './embed/oembed.ts'
import { embedRoutes } from './embed/page.ts'
import { embedTicketRoutes } from './embed/renew-ticket.ts'
import { elementRoutes } from './embed/script.ts'
import type { Env } from './env.ts'
import { answerFailure } from './http/failures.ts'
import { noRoute } from './http/not-found.ts'
import { checkOrigin, postHeaders } from './http/origin-check.ts'
import { historyRoutes } from './messages/history.ts'
import { changeForm, messageRoute } from './messages/message.ts'
import { pastRoutes } from './messages/permalink.ts'
import { messageForm, messageRoutes } from './messages/post-message.ts'
import { hookRoutes } from './messages/webhook.ts'
import { openApiRoutes } from './openapi/route.ts'
import { embeddingRoutes } from './owner/embedding.ts'
import { exportRoutes } from './owner/export.ts'
import { ownerRoutes } from './owner/settings.ts'
import { tokenRoutes } from './owner/tokens.ts'
import { leaveRoutes } from './people/leave.ts'
import { meRoutes } from './people/me.ts'
import { nameForm, nameRoutes } from './people/name.ts'
import { peopleRoutes } from './people/people.ts'
import { signRoutes } from './people/presence.ts'
import { composerRoutes } from './rooms/composer-frame.ts'
import { createRoomRoutes } from './rooms/create-room.ts'
import { door } from './rooms/door.ts'
import { shareRoutes } from './rooms/qr-code.ts'
import { roomRoutes } from './rooms/room.ts'
import { logRoutes } from './rooms/static-log.ts'
import { roomUsageRoutes } from './rooms/terminal-usage.ts'
import { aboutRoutes } from './site/about.ts'
import { assetRoutes } from './site/assets.ts'
import { healthRoutes } from './site/health.ts'
import { homeRoutes } from './site/home.ts'
import { manifestRoutes } from './site/manifest.ts'
import { metricsRoutes } from './site/metrics.ts'
import { STREAM_LEAVES } from './stream/stream-route.ts'
import { accentRoutes } from './stylesheets/accent.ts'
import { mineRoutes } from './stylesheets/own-messages.ts'
import { goneRoutes } from './stylesheets/superseded-messages.ts'
import { identify, shownBy } from './visitor/identity.ts'
import { tokenUse } from './visitor/token-permissions.ts'
import { preflightRoutes } from './visitor/token-preflight.ts'

/** Everything that is not a stream, nor a page as most browsers ask for it. */
export function createApp(web: Web): Hono<Env> {
  const app = new Hono<Env>({ getPath: routedPath })
  app.route('/', healthRoutes(web))
  app.route('/', metricsRoutes(web))
  app.route('/', assetRoutes(web.assets))
  app.route('/', elementRoutes(web.assets))
  app.route('/', mineRoutes())
  app.route('/', accentRoutes())
  app.route('/', goneRoutes())
  app.route('/', manifestRoutes(web))
  app.route('/', openApiRoutes(web))
  app.route('/', preflightRoutes())
  app.route('/', hookRoutes(web))

  app.use((c, next) => {
    const { failure } = c.env.outgoing
    if (failure !== undefined) throw failure
    const shown = shownBy(c.env.incoming)
    const { kind } = shown
    c.set('shown', shown)
    if (kind === 'token') tokenUse(c.req.method, c.req.path)
    else if (kind !== 'ticket' && c.req.method !== 'GET' && c.req.method !== 'HEAD')
      checkOrigin(postHeaders(c.env.incoming), web.baseUrl)
    return next()
  })
  // Before sessions begin: to look at what is known of a browser makes nothing known of it.
  app.route('/', meRoutes(web))
  app.route('/', embedRoutes(web))
  app.route('/', oembedRoutes(web))

  app.use(async (c, next) => {
    const shown = c.get('shown')
    if (shown.kind === 'ticket') return answerEmbed(web, shown, c, next)
    const who = await identify(web, shown, () => tokenUse(c.req.method, c.req.path))
    if (who.by === 'cookies') {
      c.set('session', who.session)
      c.set('sessionCookie', who.setCookie)
    }
    c.set('member', who.member)
    c.set('address', web.addressOf(c.env.incoming))
    await next()
    const sessionCookie = c.get('sessionCookie')
    if (sessionCookie && c.res.status < 400) c.res.headers.append('Set-Cookie', sessionCookie)
  })
  app.route('/', homeRoutes(web))
  app.route('/', createRoomRoutes(web))
  app.route('/', aboutRoutes(web))
  app.route('/', leaveRoutes(web))
  // What was typed is read before the door, so that it comes back whatever the door says.
  app.route('/', messageForm(web))
  app.route('/', changeForm(web))
  app.route('/', nameForm(web))
  for (const path of ['/r/:room', '/r/:room/*', '/embed/:room/ticket']) app.use(path, door(web))
  app.route('/', pastRoutes(web))
  app.route('/', roomUsageRoutes(web))
  app.route('/', roomRoutes(web))
  app.route('/', logRoutes(web))
  app.route('/', shareRoutes(web))
  app.route('/', composerRoutes(web))
  app.route('/', messageRoutes(web))
  app.route('/', messageRoute(web))
  app.route('/', historyRoutes(web))
  app.route('/', ownerRoutes(web))
  app.route('/', tokenRoutes(web))
  app.route('/', embeddingRoutes(web))
  app.route('/', exportRoutes(web))
  app.route('/', nameRoutes(web))
  app.route('/', peopleRoutes(web))
  app.route('/', signRoutes(web))
  app.route('/', embedTicketRoutes(web))

  app.notFound(
    noRoute(
      app,
      STREAM_LEAVES.map((leaf) => `/r/:room/${leaf}`),
    ),
  )
  app.onError(answerFailure(web.log, web.asset))
  return app
}
