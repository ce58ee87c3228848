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

/** Rooms whose numbering is remembered: a few words each. The one unused for longest gives way. */
export const NUMBERED_ROOMS_MAX = 50_000

interface Numbering {
  readonly epoch: string
  seq: number
  usedAt: number
}

/** The bus of a single process: nothing leaves it, and nothing but a number outlives an event. */
export class LocalBus implements Bus {
  readonly #clock: Clock
  readonly #keys: IdempotencyKeys
  // In the order of their last use.
  readonly #numberings = new Map<Slug, Numbering>()
  readonly #listeners = new Map<Slug, Set<(heard: RoomEvent | BusSignal) => void>>()

  constructor(clock: Clock, secrets: Secrets) {
    this.#clock = clock
    this.#keys = new IdempotencyKeys(clock, secrets)
  }

  async post(room: Slug, member: Member, author: Author, draft: Draft): Promise<Posted> {
    const known = this.#keys.find(room, member, draft)
    if (known)
      return { kind: 'posted', id: known.id, room, at: known.at, author: known.author, text: draft.text }
    const event: Posted = {
      kind: 'posted',
      id: this.#nextId(room),
      room,
      at: this.#clock.now(),
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
    if (!numbering) return { epoch: epochAt(this.#clock.now()), seq: 0 }
    return { epoch: numbering.epoch, seq: numbering.seq }
  }

  async listen(room: Slug, listener: (heard: RoomEvent | BusSignal) => void): Promise<Undo> {
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

  #nextId(room: Slug): EventId {
    const numbering = this.#touch(room)
    numbering.seq++
    return { epoch: numbering.epoch, seq: numbering.seq }
  }

  #touch(room: Slug): Numbering {
    const known = this.#liveNumbering(room)
    const numbering = known ?? { epoch: epochAt(this.#clock.now()), seq: 0, usedAt: 0 }
    numbering.usedAt = this.#clock.elapsed()
    this.#numberings.delete(room)
    this.#numberings.set(room, numbering)
    // Only a new one makes them more; and looking for the oldest takes long where many were moved to the end.
    if (!known) this.#forgetOldest()
    return numbering
  }

  // Whoever listens misses nothing, so the epoch stays, however long the room is quiet.
  #liveNumbering(room: Slug): Numbering | undefined {
    const numbering = this.#numberings.get(room)
    const inUse = numbering && numbering.usedAt + VANISHING_TTL_MS > this.#clock.elapsed()
    return inUse || this.#listeners.has(room) ? numbering : undefined
  }

  #forgetOldest(): void {
    const before = this.#clock.elapsed() - VANISHING_TTL_MS
    let excess = this.#numberings.size - NUMBERED_ROOMS_MAX
    for (const [room, numbering] of this.#numberings) {
      if (numbering.usedAt > before && excess <= 0) break
      excess--
      this.#numberings.delete(room)
      if (!this.#listeners.has(room)) continue
      numbering.usedAt = this.#clock.elapsed()
      this.#numberings.set(room, numbering)
    }
  }
}
