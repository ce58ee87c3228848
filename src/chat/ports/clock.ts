/** Undoes the call that returned it. A second call does nothing. */
export type Undo = () => void

/** Time and timers. Tests use their own. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  /** Milliseconds since an arbitrary moment, with fractions. Never set back. */
  elapsed(): number
  /** Runs `run` once, `ms` milliseconds from now, unless it is undone. */
  after(ms: number, run: () => void): Undo
  /** Runs `run` after the current turn of the event loop has handled its input. */
  setImmediate(run: () => void): void
}
