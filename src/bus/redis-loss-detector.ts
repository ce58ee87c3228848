import { VANISHING_TTL_MS } from '../chat/delivery/resume.ts'
import { compareIds, type EventId, epochAt, epochTime, formatId } from '../chat/event.ts'
import type { Clock, Undo } from '../chat/ports/clock.ts'
import { Refusal } from '../chat/refusal.ts'
import type { Slug } from '../chat/room.ts'
import type { Redis } from '../redis/redis.ts'
import { RENEW_EPOCH } from './redis-scripts.ts'

/** How often the top ids of the watched rooms are read. With `LOST_AFTER_MS`, a loss is noticed within 6 s (P8). */
const LOSS_CHECK_MS = 4_000

/** An event that has not arrived this long after its id was seen is lost: delivery takes some milliseconds. */
const LOST_AFTER_MS = 1_000

/** Rooms checked at the same time. */
const ROOMS_AT_ONCE = 500

/** How often the TTL of a watched room's numbers is renewed. Without posts, nothing else renews it. */
const TTL_RENEWAL_MS = VANISHING_TTL_MS / 4

/** How far in the past an unused room's epoch begins, so that a first message on its way now is not before it. */
const UNUSED_EPOCH_OFFSET_MS = 10_000

/**
 * Age at which an unused room's epoch is renewed. Numbers last an hour, so that no other epoch fits between this one
 * and a first message within the hour.
 */
const RENEW_UNUSED_MS = VANISHING_TTL_MS / 2

export interface RedisLossDetectorTools {
  /** Moves the room to this position: earlier events that have not arrived are lost. */
  readonly onPosition: (room: Slug, id: EventId) => void
  readonly report: (error: unknown) => void
}

interface WatchedRoom {
  lastSeen: EventId | undefined
  ttlRenewedAt: number
}

/**
 * Notices lost events: pub/sub does not guarantee delivery. Every few seconds it compares the top id of each watched
 * room with the newest id that has arrived.
 */
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

  /** Records that the event with this id arrived. */
  markSeen(room: Slug, id: EventId): void {
    const watched = this.#watched.get(room)
    if (watched && (!watched.lastSeen || compareIds(watched.lastSeen, id) < 0)) watched.lastSeen = id
  }

  /** The id of the room's newest event in Redis; undefined if the room has no numbers. */
  async readTop(room: Slug): Promise<EventId | undefined> {
    const numbers = this.#redis.keys.room(room, 'n')
    const [epoch, seq] = (await this.#redis.command('HMGET', numbers, 'epoch', 'seq')) as (string | null)[]
    return epoch == null ? undefined : { epoch, seq: Number(seq) }
  }

  /** The top id of a room without numbers. */
  unusedTop(): EventId {
    return { epoch: epochAt(this.#redis.now() - UNUSED_EPOCH_OFFSET_MS), seq: 0 }
  }

  /** Checks at once instead of at the next interval: messages may have been lost just now. */
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
        // A refusal means that Redis is away. `checkSoon()` is called when it is back.
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
    const top = await this.readTop(room)
    if (!top) return before && this.#checkUnusedRoom(room, watched, before)
    if (before && compareIds(top, before) < 0) return this.#renewEpoch(room, watched, before)
    if (before && compareIds(before, top) >= 0) return
    this.#clock.after(LOST_AFTER_MS, () => {
      // The missing events may have arrived meanwhile. In a kept room `lastSeen` may still be undefined, because only
      // the feed knows where it began; a position that it has already reached does no harm.
      if (!watched.lastSeen || compareIds(watched.lastSeen, top) < 0) this.#advanceTo(room, watched, top)
    })
  }

  #checkUnusedRoom(room: Slug, watched: WatchedRoom, before: EventId): void {
    const top = this.unusedTop()
    const isOld = epochTime(top.epoch) - epochTime(before.epoch) > RENEW_UNUSED_MS
    // With a seq above 0 the room had numbers, and Redis has lost them all.
    if ((before.seq > 0 || isOld) && watched.lastSeen === before)
      this.#advanceTo(room, watched, moveToLaterEpoch(top, before))
  }

  #advanceTo(room: Slug, watched: WatchedRoom, position: EventId): void {
    if (this.#watched.get(room) !== watched) return
    watched.lastSeen = position
    this.#tools.onPosition(room, position)
  }

  /** Begins a new epoch: Redis has lost events that already arrived here. */
  async #renewEpoch(room: Slug, watched: WatchedRoom, before: EventId): Promise<void> {
    const { keys, continuityId } = this.#redis
    const args = [continuityId, formatId(before)]
    const reply = await this.#redis.run(RENEW_EPOCH, [keys.room(room, 'n')], args)
    const [epoch, seq] = reply as [string?, number?]
    const top = epoch === undefined ? undefined : { epoch, seq: Number(seq) }
    if (top && watched.lastSeen && compareIds(watched.lastSeen, top) < 0) this.#advanceTo(room, watched, top)
  }

  #renewTtl(room: Slug, watched: WatchedRoom): void {
    const now = this.#clock.elapsed()
    if (now - watched.ttlRenewedAt < TTL_RENEWAL_MS) return
    watched.ttlRenewedAt = now
    // XX: the numbers of a kept room have no TTL and must not get one.
    const args = ['PEXPIRE', this.#redis.keys.room(room, 'n'), String(VANISHING_TTL_MS), 'XX']
    this.#redis.command(...args).catch(() => {
      watched.ttlRenewedAt = Number.NEGATIVE_INFINITY
    })
  }
}

function moveToLaterEpoch(top: EventId, before: EventId): EventId {
  const next = epochTime(before.epoch) + 1
  return epochTime(top.epoch) >= next ? top : { ...top, epoch: epochAt(next) }
}
