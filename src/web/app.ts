import { Hono } from 'hono'
import type { Logger } from 'pino'
import type { AssetUrl } from '../../views/layout.tsx'
import type { Chat } from '../chat/chat.ts'
import { aboutRoutes } from './about.ts'
import { type Asset, assetRoutes } from './assets.ts'
import type { AddressOf } from './client-address.ts'
import { composerRoutes } from './composer.ts'
import type { Env } from './env.ts'
import { exportRoutes } from './export.ts'
import { answerFailure } from './failures.ts'
import { goneRoutes } from './gone.ts'
import { healthRoutes } from './health.ts'
import { historyRoutes } from './history.ts'
import { homeRoutes } from './home.ts'
import { identify, shownBy } from './identity.ts'
import { leaveRoutes } from './leave.ts'
import { logRoutes } from './log.ts'
import { manifestRoutes } from './manifest.ts'
import { meRoutes } from './me.ts'
import { messageRoute } from './message.ts'
import { messageRoutes } from './messages.ts'
import { metricsRoutes } from './metrics.ts'
import { mineRoutes } from './mine.ts'
import { nameRoutes } from './name.ts'
import { noRoute } from './no-route.ts'
import { openApiRoutes } from './openapi.ts'
import { checkOrigin, postHeaders } from './origin-check.ts'
import { ownerRoutes } from './owner.ts'
import type { Parcel } from './pack.ts'
import { pastRoutes } from './past.ts'
import { peopleRoutes } from './people.ts'
import { roomRoutes } from './room.ts'
import { roomUsageRoutes } from './room-usage.ts'
import type { Sessions } from './session.ts'
import { shareRoutes } from './share.ts'
import { signRoutes } from './signs.ts'
import type { Streams } from './streams.ts'

/** What the routes work with. */
export interface Web {
  readonly chat: Chat<Parcel>
  readonly sessions: Sessions
  readonly addressOf: AddressOf
  readonly streams: Streams
  readonly assets: readonly Asset[]
  readonly asset: AssetUrl
  readonly baseUrl: string | undefined
  /** Seconds between two proofs that a stream lives. */
  readonly beatSeconds: number
  /** Seconds for which readers who reconnect find what they missed. */
  readonly replaySeconds: number
  readonly ready: () => boolean
  readonly version: string
  readonly log: Logger
}

/** Everything that is not a stream. */
export function createApp(web: Web): Hono<Env> {
  const app = new Hono<Env>()
  app.route('/', healthRoutes(web))
  app.route('/', metricsRoutes(web))
  app.route('/', assetRoutes(web.assets))
  app.route('/', mineRoutes())
  app.route('/', goneRoutes())
  app.route('/', manifestRoutes(web))
  app.route('/', openApiRoutes(web))

  app.use((c, next) => {
    if (c.req.method !== 'GET' && c.req.method !== 'HEAD') {
      if (shownBy(c.env.incoming).kind === 'cookies') checkOrigin(postHeaders(c.env.incoming), web.baseUrl)
    }
    return next()
  })
  // Before sessions begin: to look at what is known of a browser makes nothing known of it.
  app.route('/', meRoutes(web))

  app.use(async (c, next) => {
    const { member, session, setCookie } = await identify(web, shownBy(c.env.incoming))
    c.set('session', session)
    c.set('sessionCookie', setCookie)
    c.set('member', member)
    c.set('address', web.addressOf(c.env.incoming))
    await next()
    const sessionCookie = c.get('sessionCookie')
    if (sessionCookie && c.res.status < 400) c.res.headers.append('Set-Cookie', sessionCookie)
  })
  app.route('/', homeRoutes(web))
  app.route('/', aboutRoutes(web))
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
  app.route('/', exportRoutes(web))
  app.route('/', leaveRoutes(web))
  app.route('/', nameRoutes(web))
  app.route('/', peopleRoutes(web))
  app.route('/', signRoutes(web))

  app.notFound(noRoute(app))
  app.onError(answerFailure(web.log, web.asset))
  return app
}
