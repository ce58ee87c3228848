import { vanishingRoomInUse } from '../../chat/actions/make-room.ts'
import { type Embedding, formatOrigins, parseOrigins } from '../../chat/embedding.ts'
import type { EventId } from '../../chat/event.ts'
import { type KeptRoom, RESERVED_MS, type Settings } from '../../chat/kept-room.ts'
import type { Clock } from '../../chat/ports/clock.ts'
import { Refusal } from '../../chat/refusal.ts'
import type { Slug } from '../../chat/room.ts'
import type { Redis } from '../../redis/redis.ts'
import type { Script } from '../../redis/script.ts'
import { encodeWire } from '../../redis/wire.ts'
import { CHANGE_EMBEDDING } from './lua/change-embedding.ts'
import { CHANGE_SETTINGS } from './lua/change-settings.ts'
import { CREATE_ROOM } from './lua/create-room.ts'
import { DELETE_ROOM } from './lua/delete-room.ts'
import { SWEEP } from './lua/sweep.ts'
import { RedisRoomCache, type RoomLookup } from './room-cache.ts'
import { RoomIndex } from './room-index.ts'
import type { RoomScripts, ScriptArgument, ScriptReply } from './scripts.ts'
import { decodeSettings, encodeSettings } from './settings.ts'
import { Sweeper } from './sweeper.ts'
import { decodeToken, TOKENS } from './tokens.ts'

/** Events that one step of a sweep deletes. A post may wait some three milliseconds for it. */
const SWEEP_STEP = 100

const REDIS_NOT_PERSISTENT =
  'This server can’t keep rooms: its Redis writes nothing to its disk. You can still make a vanishing room.'

export interface RoomsTools {
  readonly redis: Redis
  readonly clock: Clock
  /** The id of the newest event of a room that this process has seen. */
  readonly newestSeen: (room: Slug) => EventId | undefined
  /** Since when `invalidate` is called for each change of the room, as of `elapsed()`; infinite if it is not called. */
  readonly subscribedSince: (room: Slug) => number
  /** Receives errors that no caller waits for. */
  readonly report: (error: unknown) => void
}

/** The kept rooms and their settings. Deletes expired messages. */
export class Rooms {
  readonly #tools: RoomsTools
  readonly #scripts: RoomScripts
  readonly #cache: RedisRoomCache
  readonly #roomIndex: RoomIndex
  readonly #sweeper: Sweeper

  constructor(tools: RoomsTools, scripts: RoomScripts) {
    const { redis, clock, subscribedSince, report } = tools
    this.#tools = tools
    this.#scripts = scripts
    this.#cache = new RedisRoomCache(clock, (room) => this.#readRoom(room), subscribedSince, redis.deadlines)
    this.#roomIndex = new RoomIndex(redis, clock)
    const rooms = () => this.#roomIndex.expiring()
    this.#sweeper = new Sweeper({ redis, clock, rooms, sweep: (room) => this.#sweep(room), report })
  }

  close(): void {
    this.#sweeper.close()
  }

  find(room: Slug): Promise<RoomLookup> {
    return this.#cache.find(room)
  }

  /** Confirms the settings of a cached room. */
  renew(room: KeptRoom): void {
    this.#cache.renew(room)
  }

  invalidate(room: Slug): void {
    this.#cache.invalidate(room)
  }

  invalidateAll(): void {
    this.#cache.invalidateAll()
  }

  listed(): Promise<readonly Slug[]> {
    return this.#roomIndex.listed()
  }

  async createRoom(slug: Slug, settings: Settings, owner: string): Promise<KeptRoom | undefined> {
    if (!this.#tools.redis.persistent) throw new Refusal('full', REDIS_NOT_PERSISTENT)
    const room = { slug, ...settings }
    await this.#roomIndex.beforeChange(room)
    const signal = encodeWire({ kind: 'settings', settings, made: true })
    const { status } = await this.#write(CREATE_ROOM, slug, [
      slug,
      owner,
      ...encodeSettings(settings),
      signal,
    ])
    if (status === 'exists') return undefined
    if (status === 'in-use') throw vanishingRoomInUse(slug)
    // The room exists now. Its maker must get the owner's link even if this fails.
    await this.#roomIndex.afterChange(room).catch(this.#tools.report)
    return room
  }

  async changeSettings(slug: Slug, settings: Settings): Promise<KeptRoom> {
    const room = { slug, ...settings }
    await this.#roomIndex.beforeChange(room)
    const signal = encodeWire({ kind: 'settings', settings, made: false })
    await this.#write(CHANGE_SETTINGS, slug, [...encodeSettings(settings), signal])
    await this.#roomIndex.afterChange(room)
    this.#sweep(slug).catch(this.#tools.report)
    return room
  }

  /** Not cached: a change is not published, but an origin that is removed must lose access at once. */
  async embedding(slug: Slug): Promise<Embedding> {
    const { redis } = this.#tools
    const reply = await redis.command('HMGET', redis.keys.room(slug, 'room'), 'embedOrigins', 'embedSecret')
    const [origins, secret] = reply as (string | null)[]
    return { origins: origins ? parseOrigins(origins) : undefined, secret: secret || undefined }
  }

  async changeEmbedding(slug: Slug, { origins, secret }: Embedding): Promise<void> {
    await this.#write(CHANGE_EMBEDDING, slug, [origins ? formatOrigins(origins) : '', secret ?? ''])
  }

  async deleteRoom(room: Slug): Promise<void> {
    const { redis } = this.#tools
    const args = [RESERVED_MS, encodeWire({ kind: 'closed' })]
    const { values } = await this.#write(DELETE_ROOM, room, args, [redis.keys.room(room, TOKENS)])
    await this.#roomIndex.remove(room)
    // If this fails, the entries that stay in the index of all tokens do no harm.
    const ids = values.map((json) => decodeToken(json).id)
    if (ids.length > 0) await redis.command('HDEL', redis.keys.global(TOKENS), ...ids)
  }

  /** @param keys of the room, besides those that all scripts take */
  async #write(
    script: Script,
    room: Slug,
    args: readonly ScriptArgument[],
    keys: readonly string[] = [],
  ): Promise<ScriptReply> {
    try {
      return await this.#scripts.write(script, room, this.#tools.redis.now(), args, keys)
    } finally {
      // Even if no reply came: the write may have happened.
      this.#cache.invalidate(room)
    }
  }

  async #readRoom(slug: Slug): Promise<RoomLookup> {
    const { redis } = this.#tools
    const fields = ['owner', 'reservedUntil', 'retention', 'keep', 'listed']
    const reply = await redis.command('HMGET', redis.keys.room(slug, 'room'), ...fields)
    const [owner, until, ...settings] = reply as (string | null)[]
    return {
      room: owner == null ? undefined : { slug, ...decodeSettings(settings) },
      owner: owner ?? undefined,
      reservedUntil: until == null ? undefined : Number(until),
    }
  }

  async #sweep(room: Slug): Promise<void> {
    let more = true
    while (more) {
      const { redis } = this.#tools
      const { status, values } = await this.#scripts.write(SWEEP, room, redis.now(), [SWEEP_STEP])
      // The process that deleted the room died before it updated the index.
      if (status === 'deleted') await this.#roomIndex.remove(room)
      more = status === 'swept' && Number(values[0]) >= SWEEP_STEP
    }
  }
}
