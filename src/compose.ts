import type { Server } from 'node:http'
import type { Logger } from 'pino'
import { LocalBus } from './bus/local.ts'
import type { Chat } from './chat/chat.ts'
import { FanOut } from './chat/fan-out.ts'
import { type Ending, FORMATS, type Format } from './chat/frames.ts'
import { Hub } from './chat/hub.ts'
import type { Clock, Secrets } from './chat/ports.ts'
import { Presence } from './chat/presence.ts'
import { Refusal } from './chat/refusal.ts'
import type { Slug } from './chat/room.ts'
import type { Config } from './config.ts'
import { Unusable } from './data/unusable.ts'
import { encoders } from './frames/encoders.ts'
import { MemoryLimits } from './limits/memory.ts'
import { MemoryRoster } from './roster/memory.ts'
import { MemoryDirectory } from './roster/memory-directory.ts'
import { OnDemandStore } from './store/on-demand.ts'
import { UnusableDatabase } from './store/schema.ts'
import { isDatabaseIn, SqliteStore } from './store/sqlite.ts'
import { createApp } from './web/app.ts'
import { type Asset, assetUrl } from './web/assets.ts'
import { clientAddress } from './web/client-address.ts'
import type { StreamTools } from './web/open-stream.ts'
import { type Parcel, pack } from './web/pack.ts'
import { createHttpServer } from './web/server.ts'
import { Sessions } from './web/session.ts'
import { Streams } from './web/streams.ts'

/** Readers who were cut come back after this time, and up to as long again. */
const RETRY_MS = 1000

/** Pages give a sign of life at every second heartbeat: after so many the first was missed, and the next is late. */
const SILENT_BEATS = 3.75

const CANT_KEEP =
  'This server can’t keep rooms: its data folder can’t be used, and its log says why. A vanishing room can be had.'

/** Where lasting things are kept. */
export interface Storage {
  /** The data folder, where there is one already. */
  readonly folder: { readonly path: string } | undefined
  /** Makes it, for the first thing that must last. */
  make(): Promise<{ readonly path: string }>
}

/** What comes from outside the program. */
export interface Surroundings {
  readonly clock: Clock
  readonly secrets: Secrets
  readonly assets: readonly Asset[]
  readonly log: Logger
  /** The writing thread's program, as text. */
  readonly writer: string
  readonly data: Storage
}

/** A wired server, not yet listening. */
export interface Snug {
  readonly server: Server
  readonly app: ReturnType<typeof createApp>
  readonly chat: Chat<Parcel>
  readonly streams: Streams
  /** From now on this process is not ready for more. */
  retire(): void
  /** Closes what was opened, in reverse order; the server itself must be closed before. */
  close(): Promise<void>
}

/**
 * Wires everything; the one place where adapters are chosen.
 * @throws UnusableDatabase
 */
export async function compose(
  config: Config,
  { clock, secrets, assets, log, writer, data }: Surroundings,
): Promise<Snug> {
  let ready = true
  const retryMs = () => Math.round(RETRY_MS * (1 + secrets.random()))
  const bus = new LocalBus(clock, secrets)
  const report = (err: unknown) => log.error({ err }, 'kept rooms')
  const open = (folder: string) => SqliteStore.open(folder, { clock, secrets, bus, writer, report })
  const there = data.folder && isDatabaseIn(data.folder.path) ? await open(data.folder.path) : undefined
  const store = new OnDemandStore(there, async () => {
    try {
      return await open((await data.make()).path)
    } catch (error) {
      if (!(error instanceof Unusable || error instanceof UnusableDatabase)) throw error
      log.error({ err: error }, 'no room can be kept')
      throw new Refusal('full', CANT_KEEP)
    }
  })
  const roster = new MemoryRoster(clock, secrets, {
    nameHold: config.nameHold,
    awayAfter: config.awayAfter,
    silentAfter: config.heartbeat * SILENT_BEATS,
  })
  const directory = new MemoryDirectory(clock)
  const limits = new MemoryLimits(clock, config.limits)
  const fanOut = new FanOut(clock)
  const streams = new Streams(clock, config)
  const end = (room: Slug, ending: Ending) => {
    streams.endIn(room, ending).catch((err) => log.error({ err }, 'ending a room'))
  }
  const hub = new Hub<Parcel>(bus, store, clock, config.replayWindow, {
    encoders,
    pack,
    fanOut,
    retryMs,
    end,
  })
  const presence = new Presence(roster, bus, clock, (err) => log.error({ err }, 'presence'))
  const chat = { bus, store, roster, directory, limits, hub, presence, clock, secrets }

  const asset = assetUrl(assets)
  const sessions = new Sessions(clock, secrets, config.baseUrl?.startsWith('https:') ?? false)
  const addressOf = clientAddress(config.trustedProxy)
  const beats = Object.fromEntries(FORMATS.map((format) => [format, pack(encoders[format].beat())]))
  const tools: StreamTools = {
    chat,
    encoders,
    beats: beats as Record<Format, Parcel>,
    streams,
    sessions,
    addressOf,
    asset,
    streamLife: config.streamLife,
    retryMs,
  }
  const app = createApp({
    chat,
    sessions,
    addressOf,
    streams,
    assets,
    asset,
    baseUrl: config.baseUrl,
    beatSeconds: config.heartbeat / 1000,
    replaySeconds: config.replayWindow / 1000,
    ready: () => ready,
    log,
  })
  return {
    server: createHttpServer(app, tools, log),
    app,
    chat,
    streams,
    retire: () => {
      ready = false
    },
    close: async () => {
      streams.close()
      hub.close()
      roster.close()
      await store.close()
    },
  }
}
