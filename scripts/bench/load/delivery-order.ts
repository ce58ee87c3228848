/** The position of one subscriber in the order of messages. */
export interface OrderPosition {
  next: number
  /** Messages that other subscribers have received and this one has not yet. */
  skipped: Set<number> | undefined
}

/**
 * Checks that every subscriber receives each message once and in the same order. The first subscriber to receive a
 * message defines its position: the server may order two concurrent posts either way, but the same way for all.
 */
export class DeliveryOrder {
  readonly #order: number[] = []
  readonly #positionOf: Int32Array
  duplicates = 0
  disordered = 0

  /** @param numbers exclusive upper bound of message numbers */
  constructor(numbers: number) {
    this.#positionOf = new Int32Array(numbers).fill(-1)
  }

  /**
   * Records that a subscriber received a message.
   * @returns false for a duplicate
   */
  recordDelivery(position: OrderPosition, number: number): boolean {
    if (this.#order[position.next] === number) {
      position.next++
      return true
    }
    return this.#recordNew(position, number) || this.#recordLate(position, number)
  }

  #recordNew(position: OrderPosition, number: number): boolean {
    let at = this.#positionOf[number] ?? -1
    if (at < 0) {
      at = this.#order.push(number) - 1
      this.#positionOf[number] = at
    }
    if (at < position.next) return false
    for (const missed of this.#order.slice(position.next, at)) {
      position.skipped ??= new Set()
      position.skipped.add(missed)
    }
    position.next = at + 1
    return true
  }

  #recordLate(position: OrderPosition, number: number): boolean {
    if (position.skipped?.delete(number)) {
      this.disordered++
      return true
    }
    this.duplicates++
    return false
  }
}
