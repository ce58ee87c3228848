import type { Server } from 'node:http'
import type { Logger } from 'pino'
import type { Chat } from '../chat/chat.ts'
import { FanOut } from '../chat/delivery/fan-out.ts'
import { FORMATS, type Format } from '../chat/delivery/frames.ts'
import { Hub } from '../chat/delivery/hub.ts'
import { Presence } from '../chat/delivery/presence.ts'
import { MessageCache } from '../chat/history/message-cache.ts'
import { MentionedPeople } from '../chat/mentions/mentioned-people.ts'
import type { Clock } from '../chat/ports/clock.ts'
import type { Secrets } from '../chat/ports/secrets.ts'
import { SimilarRooms } from '../chat/similar-rooms.ts'
import { UnusableResource } from '../chat/unusable-resource.ts'
import type { Config } from '../config/config.ts'
import { encoders } from '../frames/encoders.ts'
import { CpuLimits } from '../limits/cpu-limits.ts'
import type { Redis } from '../redis/redis.ts'
import type { DiskEvent } from '../store/sqlite/disk/disk-health.ts'
import { collectGarbage } from '../system/collect-garbage.ts'
import { threadCpuMs } from '../system/cpu-time.ts'
import { createApp } from '../web/app.ts'
import type { WebContext } from '../web/context.ts'
import { Tickets } from '../web/embed/tickets.ts'
import { trustChecker, trustedSecretsReader } from '../web/embed/trusted-secrets.ts'
import { ReadGate } from '../web/http/read-gate.ts'
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
import type { Adapters, SharedRedis } from './adapters.ts'
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
  readonly storage: LazyDataFolder | SharedRedis
  readonly detachSocket: DetachSocket | undefined
  readonly version: string
}

/** A wired server, not yet listening. */
export interface Snug {
  readonly server: Server
  readonly app: ReturnType<typeof createApp>
  readonly chat: Chat<Chunk>
  readonly streams: Streams
  /** Whether a write is under way. The process can't exit before it ends. */
  isWriting(): boolean
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
export async function compose(config: Config, given: ComposeOptions): Promise<Snug> {
  const options = 'redis' in given.storage ? withClockOf(given.storage.redis, given) : given
  let ready = true
  let announceOutage: (over: boolean) => void = () => {}
  const adapters = await openAdapters(config, options, (over) => announceOutage(over))
  const { chat, streams } = createChat(config, options, adapters)
  announceOutage = (over) => chat.hub.announceOutage(over)
  const { web, streamTools } = createWeb(config, options, adapters, chat, streams, () => ready)
  const { isWriting } = adapters
  const app = createApp(web)
  const deadlines = 'redis' in options.storage ? options.storage.redis.deadlines : undefined
  return {
    server: createHttpServer(
      app,
      web,
      streamTools,
      options.log,
      createReadGate(config, options.clock),
      deadlines && ((run) => deadlines.start(run)),
    ),
    app,
    chat,
    streams,
    isWriting,
    markUnready: () => {
      ready = false
    },
    close: async () => {
      streams.close()
      chat.hub.close()
      await adapters.close()
    },
  }
}

/**
 * Sets the clock of Redis: the clocks of the processes may differ, and what one of them signed is checked by others.
 * Durations are still measured by the own clock.
 */
function withClockOf(redis: Redis, options: ComposeOptions): ComposeOptions {
  const { clock } = options
  return {
    ...options,
    clock: {
      now: () => redis.now(),
      elapsed: () => clock.elapsed(),
      after: (ms, run) => clock.after(ms, run),
      setImmediate: (run) => clock.setImmediate(run),
    },
  }
}

/** @param onOutage called with false when Redis is away, and with true when it is back */
async function openAdapters(
  config: Config,
  { clock, secrets, log, storage, writer }: ComposeOptions,
  onOutage: (over: boolean) => void,
): Promise<Adapters> {
  const report = (err: unknown) => {
    // What the operator can mend is a sentence. Its stack would say nothing more.
    if (err instanceof UnusableResource) log.error(err.message)
    else log.error({ err }, 'an adapter failed in the background')
  }
  const onDisk = ({ kind, code, detail }: DiskEvent) => {
    if (kind === 'failing') log.error({ code, detail }, 'nothing can be stored in the data folder')
    else log.warn({ code, detail }, 'the data folder can be written again')
  }
  const tools = { config, clock, secrets, report, onDisk }
  if (!('redis' in storage)) return openStandalone(tools, storage, writer)
  // Loaded on demand: most servers run without Redis, and start faster that way.
  return (await import('./clustered.ts')).openClustered(tools, storage, onOutage)
}

/** The core with its adapters, and the streams that it delivers to. */
function createChat(
  config: Config,
  { clock, secrets, log, detachSocket, storage }: ComposeOptions,
  { bus, store, tokens, roster, directory, visitedRooms, limits: counts }: Adapters,
) {
  const limits = config.limits.post.address ? new CpuLimits(counts, clock, threadCpuMs) : counts
  const streams = new Streams(clock, { ...config, detached: detachSocket !== undefined, collectGarbage })
  const mentions = new MentionedPeople(roster)
  const hub = new Hub<Chunk>(bus, store, clock, config.replayWindow, {
    encoders,
    encodeChunk,
    mentions,
    fanOut: new FanOut(clock),
    deadlines: 'redis' in storage ? storage.redis.deadlines : undefined,
    retryMs: retryDelay(secrets),
    end: (room, reason) => {
      streams
        .endInRoom(room, reason)
        .catch((err) => log.error({ err }, 'the streams of a room could not be ended'))
    },
  })
  const presence = new Presence(roster, bus, clock, (err) => log.error({ err }, 'presence update failed'))
  const messageCache = new MessageCache(clock)
  const similarRooms = new SimilarRooms(clock, visitedRooms)
  const chat: Chat<Chunk> = {
    bus,
    store,
    tokens,
    roster,
    directory,
    limits,
    mentions,
    messageCache,
    hub,
    presence,
    similarRooms,
    clock,
    secrets,
  }
  return { chat, streams }
}

/** What routes and streams work with. */
function createWeb(
  config: Config,
  { clock, secrets, assets, log, detachSocket, version }: ComposeOptions,
  { oneTimeIds, problem }: Adapters,
  chat: Chat<Chunk>,
  streams: Streams,
  ready: () => boolean,
): { web: WebContext; streamTools: StreamTools } {
  const sessions = new Sessions(clock, secrets, config.baseUrl?.startsWith('https:') ?? false)
  const { secure } = sessions
  const shared = {
    chat,
    sessions,
    tickets: new Tickets(clock, secrets, trustChecker(secrets, chat.store, config.embedSecret)),
    embedOrigins: config.embedOrigins,
    addressOf: clientAddress(config.trustedProxy),
    streams,
    asset: assetUrl(assets),
    baseUrl: config.baseUrl,
  }
  const heartbeatSeconds = config.heartbeat / 1000
  const web: WebContext = {
    ...shared,
    embedSessions: new Sessions(clock, secrets, secure, embedCookieNames(secure)),
    hostSessions: new Sessions(clock, secrets, secure, hostUserCookieNames(secure)),
    readTrustedSecrets: trustedSecretsReader(chat.store, config.embedSecret),
    oneTimeIds,
    assets,
    heartbeatSeconds,
    buildRoomPage: createRoomPageBuilder({ ...shared, heartbeatSeconds }),
    replaySeconds: config.replayWindow / 1000,
    ready,
    problem,
    version,
    log,
  }
  const streamTools: StreamTools = {
    ...shared,
    encoders,
    heartbeatChunks: heartbeatChunks(),
    detachSocket,
    streamLife: config.streamLife,
    retryMs: retryDelay(secrets),
  }
  return { web, streamTools }
}

/** Undefined if reading is not limited. */
function createReadGate({ limits: { read } }: Config, clock: Clock): ReadGate | undefined {
  return read.requests || read.cpu ? new ReadGate({ clock, cpuMs: threadCpuMs }, read) : undefined
}

/** Milliseconds after which a reader reconnects, with jitter: not all of them in one moment. */
function retryDelay(secrets: Secrets): () => number {
  return () => Math.round(RETRY_MS * (1 + secrets.random()))
}

function heartbeatChunks(): Readonly<Record<Format, Chunk>> {
  const chunks = FORMATS.map((format) => [format, encodeChunk(encoders[format].heartbeat())])
  return Object.fromEntries(chunks) as Record<Format, Chunk>
}
