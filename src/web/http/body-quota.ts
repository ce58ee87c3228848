import type { Address } from '../../chat/address.ts'
import type { Undo } from '../../chat/ports/clock.ts'

/** Bytes that may be held for bodies that have not arrived completely, in all and for one address. */
export interface BodyBounds {
  readonly total: number
  readonly address: number
}

/** For bodies that can be accepted: 4,000 of the largest ones at once, 500 of them from one address. */
export const BODIES: BodyBounds = { total: 64 * 1024 * 1024, address: 8 * 1024 * 1024 }

/** For bodies that are too large, and are only read to give the typed text back. */
export const OVERSIZED_BODIES: BodyBounds = { total: 16 * 1024 * 1024, address: 2 * 1024 * 1024 }

/** Bounds what unread bodies may hold in all: a client can send all but the last byte, thousands of times. */
export class BodyQuota {
  readonly #bounds: BodyBounds
  readonly #ofAddress = new Map<Address, number>()
  #total = 0

  constructor(bounds: BodyBounds) {
    this.#bounds = bounds
  }

  /** Bytes that are reserved now. */
  get reserved(): number {
    return this.#total
  }

  /**
   * Reserves bytes for a body before they are read.
   * @returns releases them; undefined if too many are reserved
   */
  reserve(address: Address, bytes: number): Undo | undefined {
    const ofAddress = (this.#ofAddress.get(address) ?? 0) + bytes
    if (this.#total + bytes > this.#bounds.total || ofAddress > this.#bounds.address) return undefined
    this.#total += bytes
    this.#ofAddress.set(address, ofAddress)
    let isReserved = true
    return () => {
      if (!isReserved) return
      isReserved = false
      this.#total -= bytes
      const left = (this.#ofAddress.get(address) ?? 0) - bytes
      if (left > 0) this.#ofAddress.set(address, left)
      else this.#ofAddress.delete(address)
    }
  }
}
