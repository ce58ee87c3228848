/** So many who left within some seconds are a crowd: what they leave behind is some 30 MB. */
export const MASS_DISCONNECT_MIN = 5000

/** What is still counted of them a second later: half after seven. */
const DECAY_PER_SECOND = 0.9

/**
 * Has garbage collected when a crowd has left and few remain. V8 would wait until its heap has grown to several times
 * what lives: a server that had ten thousand readers at noon would look like it for the rest of the day. With little
 * alive, that takes some twenty milliseconds.
 */
export class MassDisconnectGc {
  readonly #collect: () => void
  #recentDisconnects = 0

  constructor(collect: () => void) {
    this.#collect = collect
  }

  /** Somebody left. */
  countDisconnect(): void {
    this.#recentDisconnects++
  }

  /**
   * To be called once a second.
   * @param open how many there are
   */
  collectIfDue(open: number): void {
    if (this.#recentDisconnects >= MASS_DISCONNECT_MIN && open < this.#recentDisconnects / 2) {
      this.#recentDisconnects = 0
      this.#collect()
    }
    this.#recentDisconnects *= DECAY_PER_SECOND
  }
}
