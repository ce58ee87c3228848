/** Undoes what returned it; calling it twice does no harm. */
export type Undo = () => void

/** Time and turns of the loop; tests bring their own. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  /** Milliseconds since any fixed moment, never set back, with fractions. */
  elapsed(): number
  after(ms: number, run: () => void): Undo
  /** Once what this turn of the loop brings has been taken in. */
  setImmediate(run: () => void): void
}
