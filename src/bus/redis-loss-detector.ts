import { VANISHING_TTL_MS } from '../chat/delivery/resume.ts'
import { compareIds, type EventId, epochAt, epochTime, formatId } from '../chat/event.ts'
import type { Clock, Undo } from '../chat/ports/clock.ts'
import { Refusal } from '../chat/refusal.ts'
import type { Slug } from '../chat/room.ts'
import type { Redis } from '../redis/redis.ts'
import { RENEW_EPOCH } from './redis-scripts.ts'

/** How often it is looked where the followed rooms stand. */
const LOSS_CHECK_MS = 4_000

/** An event that was numbered this long ago and was not heard is lost: on its way it takes some milliseconds. */
const LOST_AFTER_MS = 1_000

/** Rooms that are looked at in one go. */
const ROOMS_AT_ONCE = 500

/** How often the numbers of a room that is only listened to are kept from expiring. */
const TTL_RENEWAL_MS = VANISHING_TTL_MS / 4

/** How far back a room's unused epoch begins: a first message that is on its way now is not before it. */
const UNUSED_EPOCH_OFFSET_MS = 10_000

/** An unused room's epoch is renewed when it is so old: within an hour nothing fits between it and a first message. */
const RENEW_UNUSED_MS = VANISHING_TTL_MS / 2

export interface RedisLossDetectorTools {
  /** The room stands at this id, and what was before it did not come, or was lost. */
  readonly onPosition: (room: Slug, id: EventId) => void
  readonly report: (error: unknown) => void
}

interface WatchedRoom {
  lastSeen: EventId | undefined
  ttlRenewedAt: number
}

/** Publishing promises nothing: looks at times whether all that was numbered has been heard. */
export class RedisLossDetector {
  readonly #redis: Redis
  readonly #clock: Clock
  readonly #tools: RedisLossDetectorTools
  readonly #watched = new Map<Slug, WatchedRoom>()
  #checking = false
  #checkAgain = false
  #stopTimer: Undo

  constructor(redis: Redis, clock: Clock, tools: RedisLossDetectorTools) {
    this.#redis = redis
    this.#clock = clock
    this.#tools = tools
    this.#stopTimer = clock.after(LOSS_CHECK_MS, () => this.#check())
  }

  watchRoom(room: Slug): void {
    if (!this.#watched.has(room))
      this.#watched.set(room, { lastSeen: undefined, ttlRenewedAt: this.#clock.elapsed() })
  }

  unwatchRoom(room: Slug): void {
    this.#watched.delete(room)
  }

  lastSeen(room: Slug): EventId | undefined {
    return this.#watched.get(room)?.lastSeen
  }

  /** The room's event of this id was heard. */
  markSeen(room: Slug, id: EventId): void {
    const watched = this.#watched.get(room)
    if (watched && (!watched.lastSeen || compareIds(watched.lastSeen, id) < 0)) watched.lastSeen = id
  }

  /** Where the room stands; undefined where nobody used it. */
  async readTop(room: Slug): Promise<EventId | undefined> {
    const numbers = this.#redis.keys.room(room, 'n')
    const [epoch, seq] = (await this.#redis.command('HMGET', numbers, 'epoch', 'seq')) as (string | null)[]
    return epoch == null ? undefined : { epoch, seq: Number(seq) }
  }

  /** Where a room stands that nobody used. */
  unusedTop(): EventId {
    return { epoch: epochAt(this.#redis.now() - UNUSED_EPOCH_OFFSET_MS), seq: 0 }
  }

  /** Something may have been lost just now. */
  checkSoon(): void {
    if (this.#checking) {
      this.#checkAgain = true
      return
    }
    this.#stopTimer()
    this.#stopTimer = this.#clock.after(0, () => this.#check())
  }

  close(): void {
    this.#stopTimer()
    this.#watched.clear()
  }

  #check(): void {
    this.#checking = true
    this.#checkRooms()
      .catch((error) => {
        // Redis is away: it is looked again when it is back.
        if (!(error instanceof Refusal)) this.#tools.report(error)
      })
      .finally(() => {
        this.#checking = false
        this.#stopTimer = this.#clock.after(this.#checkAgain ? 0 : LOSS_CHECK_MS, () => this.#check())
        this.#checkAgain = false
      })
  }

  async #checkRooms(): Promise<void> {
    const rooms = [...this.#watched]
    for (let first = 0; first < rooms.length; first += ROOMS_AT_ONCE) {
      const some = rooms.slice(first, first + ROOMS_AT_ONCE)
      await Promise.all(some.map(([room, watched]) => this.#checkRoom(room, watched)))
    }
  }

  async #checkRoom(room: Slug, watched: WatchedRoom): Promise<void> {
    const before = watched.lastSeen
    this.#renewTtl(room, watched)
    const stands = await this.readTop(room)
    if (!stands) return before && this.#checkUnusedRoom(room, watched, before)
    if (before && compareIds(stands, before) < 0) return this.#renewEpoch(room, watched, before)
    if (before && compareIds(before, stands) >= 0) return
    this.#clock.after(LOST_AFTER_MS, () => {
      // What came meanwhile may have been this, or more. Of a kept room nothing may have been heard yet: where its feed began
      // is known to the feed alone, which takes no harm from being told where it stands.
      if (!watched.lastSeen || compareIds(watched.lastSeen, stands) < 0)
        this.#advanceTo(room, watched, stands)
    })
  }

  #checkUnusedRoom(room: Slug, watched: WatchedRoom, before: EventId): void {
    const stands = this.unusedTop()
    const old = epochTime(stands.epoch) - epochTime(before.epoch) > RENEW_UNUSED_MS
    // All numbers are lost where there were some.
    if ((before.seq > 0 || old) && watched.lastSeen === before)
      this.#advanceTo(room, watched, moveToLaterEpoch(stands, before))
  }

  #advanceTo(room: Slug, watched: WatchedRoom, stands: EventId): void {
    if (this.#watched.get(room) !== watched) return
    watched.lastSeen = stands
    this.#tools.onPosition(room, stands)
  }

  /** Redis has lost what was heard already. */
  async #renewEpoch(room: Slug, watched: WatchedRoom, before: EventId): Promise<void> {
    const { keys, continuityId } = this.#redis
    const words = [continuityId, formatId(before)]
    const reply = await this.#redis.run(RENEW_EPOCH, [keys.room(room, 'n')], words)
    const [epoch, seq] = reply as [string?, number?]
    const stands = epoch === undefined ? undefined : { epoch, seq: Number(seq) }
    if (stands && watched.lastSeen && compareIds(watched.lastSeen, stands) < 0)
      this.#advanceTo(room, watched, stands)
  }

  #renewTtl(room: Slug, watched: WatchedRoom): void {
    const now = this.#clock.elapsed()
    if (now - watched.ttlRenewedAt < TTL_RENEWAL_MS) return
    watched.ttlRenewedAt = now
    // A kept room's numbers do not expire, and must not begin to.
    const words = ['PEXPIRE', this.#redis.keys.room(room, 'n'), String(VANISHING_TTL_MS), 'XX']
    this.#redis.command(...words).catch(() => {
      watched.ttlRenewedAt = Number.NEGATIVE_INFINITY
    })
  }
}

function moveToLaterEpoch(stands: EventId, before: EventId): EventId {
  const next = epochTime(before.epoch) + 1
  return epochTime(stands.epoch) >= next ? stands : { ...stands, epoch: epochAt(next) }
}
