import { inUse } from '../../chat/actions/make-room.ts'
import { type Embedding, originsText, parseOrigins } from '../../chat/embedding.ts'
import type { EventId } from '../../chat/event.ts'
import { type KeptRoom, RESERVED_MS, type Settings } from '../../chat/kept-room.ts'
import type { Clock } from '../../chat/ports/clock.ts'
import { Refusal } from '../../chat/refusal.ts'
import type { Slug } from '../../chat/room.ts'
import type { Redis } from '../../redis/redis.ts'
import type { Script } from '../../redis/script.ts'
import { encodeWire } from '../../redis/wire.ts'
import { CHANGE } from './change.ts'
import { CREATE } from './create.ts'
import { EMBED } from './embed.ts'
import { Listing } from './listing.ts'
import { REMOVE } from './remove.ts'
import { type KnownRoom, KnownRooms } from './room-cache.ts'
import type { Answer, Scripts, Word } from './scripts.ts'
import { decodeSettings, encodeSettings } from './settings.ts'
import { SWEEP } from './sweep.ts'
import { Sweeper } from './sweeper.ts'
import { decode, TOKENS } from './tokens.ts'

/** Events that one step of deleting what is over takes: posts wait for some three milliseconds. */
const SWEEP_STEP = 100

const NOTHING_LASTS =
  'This server can’t keep rooms: its Redis writes nothing to its disk. You can still make a vanishing room.'

export interface RoomsTools {
  readonly redis: Redis
  readonly clock: Clock
  /** The id of the newest event of a room that this process has seen. */
  readonly known: (room: Slug) => EventId | undefined
  /** Since when `forget` is called for whatever changes in the room, as of `elapsed()`; infinite where it is not. */
  readonly hearsSince: (room: Slug) => number
  /** Takes what went wrong where nobody waits for an answer. */
  readonly report: (error: unknown) => void
}

/** Which rooms are kept, and as what; what is over in them is deleted. */
export class Rooms {
  readonly #tools: RoomsTools
  readonly #scripts: Scripts
  readonly #known: KnownRooms
  readonly #listing: Listing
  readonly #sweeper: Sweeper

  constructor(tools: RoomsTools, scripts: Scripts) {
    const { redis, clock, hearsSince, report } = tools
    this.#tools = tools
    this.#scripts = scripts
    this.#known = new KnownRooms(clock, (room) => this.#read(room), hearsSince)
    this.#listing = new Listing(redis, clock)
    const rooms = () => this.#listing.passing()
    this.#sweeper = new Sweeper({ redis, clock, rooms, sweep: (room) => this.#sweep(room), report })
  }

  close(): void {
    this.#sweeper.close()
  }

  find(room: Slug): Promise<KnownRoom> {
    return this.#known.find(room)
  }

  /** The room is kept as this just now. */
  renew(room: KeptRoom): void {
    this.#known.renew(room)
  }

  forget(room: Slug): void {
    this.#known.forget(room)
  }

  forgetAll(): void {
    this.#known.forgetAll()
  }

  listed(): Promise<readonly Slug[]> {
    return this.#listing.listed()
  }

  async create(slug: Slug, settings: Settings, owner: string): Promise<KeptRoom | undefined> {
    if (!this.#tools.redis.lasting) throw new Refusal('full', NOTHING_LASTS)
    const room = { slug, ...settings }
    await this.#listing.before(room)
    const made = encodeWire({ kind: 'settings', settings, made: true })
    const { outcome } = await this.#write(CREATE, slug, [slug, owner, ...encodeSettings(settings), made])
    if (outcome === 'exists') return undefined
    if (outcome === 'alive') throw inUse(slug)
    // The room is there, and its maker must get the owner's link whatever goes wrong from now on.
    await this.#listing.after(room).catch(this.#tools.report)
    return room
  }

  async change(slug: Slug, settings: Settings): Promise<KeptRoom> {
    const room = { slug, ...settings }
    await this.#listing.before(room)
    const changed = encodeWire({ kind: 'settings', settings, made: false })
    await this.#write(CHANGE, slug, [...encodeSettings(settings), changed])
    await this.#listing.after(room)
    this.#sweep(slug).catch(this.#tools.report)
    return room
  }

  /** Read each time: nobody says when it changes, and who may no more show a room must not. */
  async embedding(slug: Slug): Promise<Embedding> {
    const { redis } = this.#tools
    const reply = await redis.command('HMGET', redis.keys.room(slug, 'room'), 'embedOrigins', 'embedSecret')
    const [origins, secret] = reply as (string | null)[]
    return { origins: origins ? parseOrigins(origins) : undefined, secret: secret || undefined }
  }

  async embed(slug: Slug, { origins, secret }: Embedding): Promise<void> {
    await this.#write(EMBED, slug, [origins ? originsText(origins) : '', secret ?? ''])
  }

  async remove(room: Slug): Promise<void> {
    const { redis } = this.#tools
    const words = [RESERVED_MS, encodeWire({ kind: 'closed' })]
    const { parts } = await this.#write(REMOVE, room, words, [redis.keys.room(room, TOKENS)])
    await this.#listing.remove(room)
    // What stays in the list of all is a token no more.
    const ids = parts.map((json) => decode(json).id)
    if (ids.length > 0) await redis.command('HDEL', redis.keys.global(TOKENS), ...ids)
  }

  /** @param keys of the room, besides those that all scripts take */
  async #write(
    script: Script,
    room: Slug,
    words: readonly Word[],
    keys: readonly string[] = [],
  ): Promise<Answer> {
    try {
      return await this.#scripts.write(script, room, this.#tools.redis.now(), words, keys)
    } finally {
      // Also where no answer came: it may be done.
      this.#known.forget(room)
    }
  }

  async #read(slug: Slug): Promise<KnownRoom> {
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
      const { outcome, parts } = await this.#scripts.write(SWEEP, room, redis.now(), [SWEEP_STEP])
      // Whoever deleted it ended before it was unlisted.
      if (outcome === 'removed') await this.#listing.remove(room)
      more = outcome === 'swept' && Number(parts[0]) >= SWEEP_STEP
    }
  }
}
