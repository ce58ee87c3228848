import type { Seat } from '../chat/member.ts'
import type { Lookalike } from '../chat/names/lookalikes.ts'
import type { Liveness } from '../chat/ports/roster.ts'

/** The timeouts of a roster, in milliseconds. */
export interface RosterTimes {
  /** From a member's last stream or request until the name is free. */
  readonly nameHold: number
  /** From the end of a member's last stream until the member counts as gone. Reloads and reconnections are shorter. */
  readonly awayAfter: number
  /** From a page's last sign of life until its open stream no longer counts. */
  readonly silentAfter: number
}

/** One member in one room: the seat, if one is held, and the open streams. */
export class Membership {
  seat: Seat | undefined
  /** The lookalikes of the name. No other member may hold a name that has one of them. */
  lookalikes: readonly Lookalike[] = []
  /** Whether the room knows that this member is here. */
  announced = false
  readonly #times: RosterTimes
  readonly #streams = { connected: 0, confirmed: 0 }
  #seenAt = 0
  #confirmedAt = 0
  #closedAt = Number.NEGATIVE_INFINITY

  constructor(times: RosterTimes) {
    this.#times = times
  }

  markSeen(now: number): void {
    this.#seenAt = now
  }

  confirm(now: number): void {
    this.#seenAt = now
    this.#confirmedAt = now
  }

  openStream(liveness: Liveness, now: number): void {
    this.#streams[liveness]++
    this.confirm(now)
  }

  closeStream(liveness: Liveness, now: number): void {
    this.#streams[liveness]--
    this.#seenAt = now
    this.#closedAt = now
  }

  get hasStreams(): boolean {
    return this.#streams.connected + this.#streams.confirmed > 0
  }

  isHere(now: number): boolean {
    if (!this.seat) return false
    return this.#isConnected(now) || now - this.#closedAt < this.#times.awayAfter
  }

  /** Whether the name is free again. */
  isExpired(now: number): boolean {
    return !this.#isConnected(now) && now - this.#seenAt >= this.#times.nameHold
  }

  #isConnected(now: number): boolean {
    if (this.#streams.connected > 0) return true
    return this.#streams.confirmed > 0 && now - this.#confirmedAt < this.#times.silentAfter
  }
}
