/** Where one subscriber stands in the order of the messages. */
export interface OrderPosition {
  next: number
  /** Messages that others had and this one did not, so far. */
  skipped: Set<number> | undefined
}

/**
 * Holds every subscriber to one order, that of whoever has a message first: each message once, none left out.
 * Which of two posts under way comes first is the server's to say; that it says the same to all is what is looked at.
 */
export class DeliveryOrder {
  readonly #order: number[] = []
  readonly #positionOf: Int32Array
  duplicates = 0
  disordered = 0

  /** @param numbers messages are numbered from 0 up to, not including, this */
  constructor(numbers: number) {
    this.#positionOf = new Int32Array(numbers).fill(-1)
  }

  /** Notes that a subscriber got a message; false when it had it before. */
  recordDelivery(place: OrderPosition, number: number): boolean {
    if (this.#order[place.next] === number) {
      place.next++
      return true
    }
    return this.#recordNew(place, number) || this.#recordLate(place, number)
  }

  #recordNew(place: OrderPosition, number: number): boolean {
    let at = this.#positionOf[number] ?? -1
    if (at < 0) {
      at = this.#order.push(number) - 1
      this.#positionOf[number] = at
    }
    if (at < place.next) return false
    for (const missed of this.#order.slice(place.next, at)) {
      place.skipped ??= new Set()
      place.skipped.add(missed)
    }
    place.next = at + 1
    return true
  }

  #recordLate(place: OrderPosition, number: number): boolean {
    if (place.skipped?.delete(number)) {
      this.disordered++
      return true
    }
    this.duplicates++
    return false
  }
}
