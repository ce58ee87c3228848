import { VANISHING_TTL_MS } from '../chat/delivery/resume.ts'
import { type Author, type EventId, epochAt, type Posted, type RoomEvent } from '../chat/event.ts'
import type { Member } from '../chat/member.ts'
import type { Draft } from '../chat/message.ts'
import type { Bus } from '../chat/ports/bus.ts'
import type { Clock, Undo } from '../chat/ports/clock.ts'
import type { Secrets } from '../chat/ports/secrets.ts'
import type { Slug } from '../chat/room.ts'
import type { BusSignal } from '../chat/signal.ts'
import { IdempotencyKeys } from './idempotency-keys.ts'

/** Rooms whose numbering is remembered, a few machine words each. The least recently used are dropped. */
export const NUMBERED_ROOMS_MAX = 50_000

interface Numbering {
  readonly epoch: string
  seq: number
  usedAt: number
  /** The time of the last message, in milliseconds since 1970. */
  lastAt: number
}

/**
 * The bus of a standalone process. Nothing leaves the process. Events are not stored: only the numbering of their room
 * and the digests of `IdempotencyKeys` outlive them.
 */
export class LocalBus implements Bus {
  readonly #clock: Clock
  /** The time, in milliseconds since 1970, when the clock's elapsed time was 0. */
  readonly #startedAt: number
  readonly #keys: IdempotencyKeys
  // Least recently used first.
  readonly #numberings = new Map<Slug, Numbering>()
  readonly #listeners = new Map<Slug, Set<(message: RoomEvent | BusSignal) => void>>()

  constructor(clock: Clock, secrets: Secrets) {
    this.#clock = clock
    this.#startedAt = clock.now() - clock.elapsed()
    this.#keys = new IdempotencyKeys(clock, secrets)
  }

  async post(room: Slug, member: Member, author: Author, draft: Draft): Promise<Posted> {
    const first = this.#keys.find(room, member, draft)
    if (first)
      return { kind: 'posted', id: first.id, room, at: first.at, author: first.author, text: draft.text }
    const numbering = this.#touch(room)
    numbering.seq++
    // Never before the message before it, even if the clock was set back.
    numbering.lastAt = Math.max(numbering.lastAt, this.#clock.now())
    const event: Posted = {
      kind: 'posted',
      id: { epoch: numbering.epoch, seq: numbering.seq },
      room,
      at: numbering.lastAt,
      author,
      text: draft.text,
    }
    this.#keys.remember(room, member, draft, event)
    await this.publish(event)
    return event
  }

  async publish(event: RoomEvent): Promise<void> {
    for (const listener of this.#listeners.get(event.room) ?? []) listener(event)
  }

  async signal(room: Slug, signal: BusSignal): Promise<void> {
    for (const listener of this.#listeners.get(room) ?? []) listener(signal)
  }

  async top(room: Slug): Promise<EventId> {
    const numbering = this.#liveNumbering(room)
    if (!numbering) return { epoch: this.#newEpoch(), seq: 0 }
    return { epoch: numbering.epoch, seq: numbering.seq }
  }

  async listen(room: Slug, listener: (message: RoomEvent | BusSignal) => void): Promise<Undo> {
    this.#touch(room)
    const listeners = this.#listeners.get(room) ?? new Set()
    this.#listeners.set(room, listeners)
    listeners.add(listener)
    return () => {
      if (!listeners.delete(listener)) return
      this.#touch(room)
      if (listeners.size === 0) this.#listeners.delete(room)
    }
  }

  // Epochs of one process follow time that nobody sets: a page's cursor in an unused room must not lie after the first
  // event, nor an hour before it, because the clock was set.
  #newEpoch(): string {
    return epochAt(Math.floor(this.#startedAt + this.#clock.elapsed()))
  }

  #touch(room: Slug): Numbering {
    const existing = this.#liveNumbering(room)
    const numbering = existing ?? { epoch: this.#newEpoch(), seq: 0, usedAt: 0, lastAt: 0 }
    numbering.usedAt = this.#clock.elapsed()
    this.#numberings.delete(room)
    this.#numberings.set(room, numbering)
    // Only a new entry can exceed the bound, and the search is slow in a Map with many entries moved to its end.
    if (!existing) this.#forgetOldest()
    return numbering
  }

  // A listener misses nothing, so a room with listeners keeps its epoch however long it is quiet.
  #liveNumbering(room: Slug): Numbering | undefined {
    const numbering = this.#numberings.get(room)
    const inUse = numbering && numbering.usedAt + VANISHING_TTL_MS > this.#clock.elapsed()
    return inUse || this.#listeners.has(room) ? numbering : undefined
  }

  #forgetOldest(): void {
    const cutoff = this.#clock.elapsed() - VANISHING_TTL_MS
    let excess = this.#numberings.size - NUMBERED_ROOMS_MAX
    for (const [room, numbering] of this.#numberings) {
      if (numbering.usedAt > cutoff && excess <= 0) break
      excess--
      this.#numberings.delete(room)
      if (!this.#listeners.has(room)) continue
      numbering.usedAt = this.#clock.elapsed()
      this.#numberings.set(room, numbering)
    }
  }
}
