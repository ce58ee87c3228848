/** This many readers who leave within a few seconds are a mass disconnect. They leave some 30 MB of garbage. */
export const MASS_DISCONNECT_MIN = 5000

/** The share of the count that remains a second later: half after seven seconds. */
const DECAY_PER_SECOND = 0.9

/**
 * Collects garbage after a mass disconnect, when few readers remain. V8 would wait until its heap has grown to several
 * times the live data: a server that had ten thousand readers at noon would keep their memory for the rest of the day.
 * With little live data, a collection takes some twenty milliseconds.
 */
export class MassDisconnectGc {
  readonly #collect: () => void
  #recentDisconnects = 0

  constructor(collect: () => void) {
    this.#collect = collect
  }

  /** Counts one reader who left. */
  countDisconnect(): void {
    this.#recentDisconnects++
  }

  /**
   * Must be called once a second.
   * @param open how many streams are open
   */
  collectIfDue(open: number): void {
    if (this.#recentDisconnects >= MASS_DISCONNECT_MIN && open < this.#recentDisconnects / 2) {
      this.#recentDisconnects = 0
      this.#collect()
    }
    this.#recentDisconnects *= DECAY_PER_SECOND
  }
}
