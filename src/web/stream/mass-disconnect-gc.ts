/** So many who left within some seconds are a crowd: what they leave behind is some 30 MB. */
export const CROWD = 5000

/** What is still counted of them a second later: half after seven. */
const KEPT_SHARE = 0.9

/**
 * Has garbage collected when a crowd has left and few remain. V8 would wait until its heap has grown to several times
 * what lives: a server that had ten thousand readers at noon would look like it for the rest of the day. With little
 * alive, that takes some twenty milliseconds.
 */
export class Departures {
  readonly #collect: () => void
  #gone = 0

  constructor(collect: () => void) {
    this.#collect = collect
  }

  /** Somebody left. */
  count(): void {
    this.#gone++
  }

  /**
   * To be called once a second.
   * @param open how many there are
   */
  look(open: number): void {
    if (this.#gone >= CROWD && open < this.#gone / 2) {
      this.#gone = 0
      this.#collect()
    }
    this.#gone *= KEPT_SHARE
  }
}
