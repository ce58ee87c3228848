import type { Server } from 'node:http'
import type { Logger } from 'pino'
import type { Chat } from '../chat/chat.ts'
import { FanOut } from '../chat/delivery/fan-out.ts'
import { type EndReason, FORMATS, type Format } from '../chat/delivery/frames.ts'
import { Hub } from '../chat/delivery/hub.ts'
import { Presence } from '../chat/delivery/presence.ts'
import type { Clock } from '../chat/ports/clock.ts'
import type { Secrets } from '../chat/ports/secrets.ts'
import type { Slug } from '../chat/room.ts'
import type { Config } from '../config/config.ts'
import { encoders } from '../frames/encoders.ts'
import type { Redis } from '../redis/redis.ts'
import { collectGarbage } from '../system/collect-garbage.ts'
import { createApp } from '../web/app.ts'
import type { WebContext } from '../web/context.ts'
import { Tickets } from '../web/embed/tickets.ts'
import { createRoomPageBuilder } from '../web/rooms/page.ts'
import { createHttpServer } from '../web/server.ts'
import { type Asset, assetUrl } from '../web/site/assets.ts'
import { type Chunk, encodeChunk } from '../web/stream/chunk.ts'
import type { DetachSocket } from '../web/stream/detach-socket.ts'
import type { StreamTools } from '../web/stream/stream-tools.ts'
import { Streams } from '../web/stream/streams.ts'
import { clientAddress } from '../web/visitor/client-address.ts'
import { embedCookieNames, hostUserCookieNames } from '../web/visitor/cookie-names.ts'
import { Sessions } from '../web/visitor/session.ts'
import { type LazyDataFolder, openStandalone } from './standalone.ts'

/** Readers whose stream ended reconnect after one to two times this delay. */
const RETRY_MS = 1000

/** Everything that the server gets from outside. */
export interface ComposeOptions {
  readonly clock: Clock
  readonly secrets: Secrets
  readonly assets: readonly Asset[]
  readonly log: Logger
  /** The source of the worker thread that writes to the database. */
  readonly writer: string
  /** Where lasting data is: a folder of this process, or the Redis of several processes. */
  readonly storage: LazyDataFolder | { readonly redis: Redis }
  readonly detachSocket: DetachSocket | undefined
  readonly version: string
}

/** A wired server, not yet listening. */
export interface Snug {
  readonly server: Server
  readonly app: ReturnType<typeof createApp>
  readonly chat: Chat<Chunk>
  readonly streams: Streams
  /** Makes the readiness check fail. */
  markUnready(): void
  /** Closes everything that was opened, in reverse order. The HTTP server must be closed first. */
  close(): Promise<void>
}

/**
 * Wires everything together. The only place that chooses adapters.
 * @throws UnusableDatabase
 * @throws UnusableRedis
 */
export async function compose(
  config: Config,
  { clock, secrets, assets, log, writer, storage, detachSocket, version }: ComposeOptions,
): Promise<Snug> {
  let ready = true
  const retryMs = () => Math.round(RETRY_MS * (1 + secrets.random()))
  const report = (err: unknown) => log.error({ err }, 'an adapter failed in the background')
  let announceOutage: (over: boolean) => void = () => {}
  const adapterTools = { config, clock, secrets, report }
  const adapters =
    'redis' in storage
      ? // Loaded on demand: most servers run without Redis, and start faster that way.
        await (await import('./clustered.ts')).openClustered(adapterTools, storage.redis, (up) =>
          announceOutage(up),
        )
      : await openStandalone(adapterTools, storage, writer)
  const { bus, store, tokens, roster, directory, limits } = adapters
  const fanOut = new FanOut(clock)
  const streams = new Streams(clock, { ...config, detached: detachSocket !== undefined, collectGarbage })
  const end = (room: Slug, reason: EndReason) => {
    streams
      .endInRoom(room, reason)
      .catch((err) => log.error({ err }, 'the streams of a room could not be ended'))
  }
  const hub = new Hub<Chunk>(bus, store, clock, config.replayWindow, {
    encoders,
    encodeChunk,
    fanOut,
    retryMs,
    end,
  })
  announceOutage = (over) => hub.announceOutage(over)
  const presence = new Presence(roster, bus, clock, (err) => log.error({ err }, 'presence update failed'))
  const chat = { bus, store, tokens, roster, directory, limits, hub, presence, clock, secrets }

  const asset = assetUrl(assets)
  const sessions = new Sessions(clock, secrets, config.baseUrl?.startsWith('https:') ?? false)
  const embeds = {
    tickets: new Tickets(clock, secrets),
    embedOrigins: config.embedOrigins,
  }
  const addressOf = clientAddress(config.trustedProxy)
  const heartbeats = Object.fromEntries(
    FORMATS.map((format) => [format, encodeChunk(encoders[format].heartbeat())]),
  )
  const tools: StreamTools = {
    chat,
    encoders,
    heartbeatChunks: heartbeats as Record<Format, Chunk>,
    streams,
    detachSocket,
    sessions,
    ...embeds,
    addressOf,
    asset,
    baseUrl: config.baseUrl,
    streamLife: config.streamLife,
    retryMs,
  }
  const heartbeatSeconds = config.heartbeat / 1000
  const web: WebContext = {
    chat,
    sessions,
    ...embeds,
    embedSessions: new Sessions(clock, secrets, sessions.secure, embedCookieNames(sessions.secure)),
    hostSessions: new Sessions(clock, secrets, sessions.secure, hostUserCookieNames(sessions.secure)),
    embedSecret: config.embedSecret,
    oneTimeIds: adapters.oneTimeIds,
    addressOf,
    streams,
    assets,
    asset,
    baseUrl: config.baseUrl,
    heartbeatSeconds,
    buildRoomPage: createRoomPageBuilder({ chat, asset, heartbeatSeconds, ...embeds }),
    replaySeconds: config.replayWindow / 1000,
    ready: () => ready,
    version,
    log,
  }
  const app = createApp(web)
  return {
    server: createHttpServer(app, web, tools, log),
    app,
    chat,
    streams,
    markUnready: () => {
      ready = false
    },
    close: async () => {
      streams.close()
      hub.close()
      await adapters.close()
    },
  }
}
