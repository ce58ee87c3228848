import { VANISHING_TTL_MS } from '../chat/delivery/resume.ts'
import { compareIds, type EventId, epochAt, epochTime, formatId } from '../chat/event.ts'
import type { Clock, Undo } from '../chat/ports/clock.ts'
import { Refusal } from '../chat/refusal.ts'
import type { Slug } from '../chat/room.ts'
import type { Redis } from '../redis/redis.ts'
import { RENEW } from './redis-scripts.ts'

/** How often it is looked where the followed rooms stand. */
const LOOK_MS = 4_000

/** An event that was numbered this long ago and was not heard is lost: on its way it takes some milliseconds. */
const PATIENCE_MS = 1_000

/** Rooms that are looked at in one go. */
const ROOMS_AT_ONCE = 500

/** How often the numbers of a room that is only listened to are kept from expiring. */
const KEEP_MS = VANISHING_TTL_MS / 4

/** How far back a room's unused epoch begins: a first message that is on its way now is not before it. */
const UNUSED_MS = 10_000

/** An unused room's epoch is renewed when it is so old: within an hour nothing fits between it and a first message. */
const RENEW_UNUSED_MS = VANISHING_TTL_MS / 2

export interface LookoutTools {
  /** The room stands at this id, and what was before it did not come, or was lost. */
  readonly tell: (room: Slug, id: EventId) => void
  readonly report: (error: unknown) => void
}

interface Watched {
  heard: EventId | undefined
  keptAt: number
}

/** Publishing promises nothing: looks at times whether all that was numbered has been heard. */
export class Lookout {
  readonly #redis: Redis
  readonly #clock: Clock
  readonly #tools: LookoutTools
  readonly #watched = new Map<Slug, Watched>()
  #looking = false
  #again = false
  #stop: Undo

  constructor(redis: Redis, clock: Clock, tools: LookoutTools) {
    this.#redis = redis
    this.#clock = clock
    this.#tools = tools
    this.#stop = clock.after(LOOK_MS, () => this.#look())
  }

  follow(room: Slug): void {
    if (!this.#watched.has(room)) this.#watched.set(room, { heard: undefined, keptAt: this.#clock.elapsed() })
  }

  leave(room: Slug): void {
    this.#watched.delete(room)
  }

  heard(room: Slug): EventId | undefined {
    return this.#watched.get(room)?.heard
  }

  /** The room's event of this id was heard. */
  note(room: Slug, id: EventId): void {
    const watched = this.#watched.get(room)
    if (watched && (!watched.heard || compareIds(watched.heard, id) < 0)) watched.heard = id
  }

  /** Where the room stands; undefined where nobody used it. */
  async read(room: Slug): Promise<EventId | undefined> {
    const numbers = this.#redis.keys.room(room, 'n')
    const [epoch, seq] = (await this.#redis.command('HMGET', numbers, 'epoch', 'seq')) as (string | null)[]
    return epoch == null ? undefined : { epoch, seq: Number(seq) }
  }

  /** Where a room stands that nobody used. */
  unused(): EventId {
    return { epoch: epochAt(this.#redis.now() - UNUSED_MS), seq: 0 }
  }

  /** Something may have been lost just now. */
  lookSoon(): void {
    if (this.#looking) {
      this.#again = true
      return
    }
    this.#stop()
    this.#stop = this.#clock.after(0, () => this.#look())
  }

  close(): void {
    this.#stop()
    this.#watched.clear()
  }

  #look(): void {
    this.#looking = true
    this.#lookAtAll()
      .catch((error) => {
        // Redis is away: it is looked again when it is back.
        if (!(error instanceof Refusal)) this.#tools.report(error)
      })
      .finally(() => {
        this.#looking = false
        this.#stop = this.#clock.after(this.#again ? 0 : LOOK_MS, () => this.#look())
        this.#again = false
      })
  }

  async #lookAtAll(): Promise<void> {
    const rooms = [...this.#watched]
    for (let first = 0; first < rooms.length; first += ROOMS_AT_ONCE) {
      const some = rooms.slice(first, first + ROOMS_AT_ONCE)
      await Promise.all(some.map(([room, watched]) => this.#lookAt(room, watched)))
    }
  }

  async #lookAt(room: Slug, watched: Watched): Promise<void> {
    const before = watched.heard
    this.#keep(room, watched)
    const stands = await this.read(room)
    if (!stands) return before && this.#lookAtUnused(room, watched, before)
    if (before && compareIds(stands, before) < 0) return this.#renew(room, watched, before)
    if (before && compareIds(before, stands) >= 0) return
    this.#clock.after(PATIENCE_MS, () => {
      // What came meanwhile may have been this, or more. Of a kept room nothing may have been heard yet: where its feed began
      // is known to the feed alone, which takes no harm from being told where it stands.
      if (!watched.heard || compareIds(watched.heard, stands) < 0) this.#stand(room, watched, stands)
    })
  }

  #lookAtUnused(room: Slug, watched: Watched, before: EventId): void {
    const stands = this.unused()
    const old = epochTime(stands.epoch) - epochTime(before.epoch) > RENEW_UNUSED_MS
    // All numbers are lost where there were some.
    if ((before.seq > 0 || old) && watched.heard === before)
      this.#stand(room, watched, afterwards(stands, before))
  }

  #stand(room: Slug, watched: Watched, stands: EventId): void {
    if (this.#watched.get(room) !== watched) return
    watched.heard = stands
    this.#tools.tell(room, stands)
  }

  /** Redis has lost what was heard already. */
  async #renew(room: Slug, watched: Watched, before: EventId): Promise<void> {
    const { keys, history } = this.#redis
    const words = [history, formatId(before)]
    const reply = await this.#redis.run(RENEW, [keys.room(room, 'n')], words)
    const [epoch, seq] = reply as [string?, number?]
    const stands = epoch === undefined ? undefined : { epoch, seq: Number(seq) }
    if (stands && watched.heard && compareIds(watched.heard, stands) < 0) this.#stand(room, watched, stands)
  }

  #keep(room: Slug, watched: Watched): void {
    const now = this.#clock.elapsed()
    if (now - watched.keptAt < KEEP_MS) return
    watched.keptAt = now
    // A kept room's numbers do not expire, and must not begin to.
    const words = ['PEXPIRE', this.#redis.keys.room(room, 'n'), String(VANISHING_TTL_MS), 'XX']
    this.#redis.command(...words).catch(() => {
      watched.keptAt = Number.NEGATIVE_INFINITY
    })
  }
}

function afterwards(stands: EventId, before: EventId): EventId {
  const next = epochTime(before.epoch) + 1
  return epochTime(stands.epoch) >= next ? stands : { ...stands, epoch: epochAt(next) }
}
