import type { Clock, Undo } from '../../chat/ports/clock.ts'
import type { Operation, OperationResult } from './operation.ts'
import { requireDone } from './require-done.ts'

/** Interval of sweeps, so that expired messages are deleted within a minute. */
const EXPIRE_MS = 30_000

export interface ExpiryTools {
  readonly clock: Clock
  readonly write: (operation: Operation) => Promise<OperationResult>
  /** Receives errors, which no caller waits for. */
  readonly report: (error: unknown) => void
}

/** Deletes expired data in steps, periodically, until it is stopped. */
export class Expiry {
  readonly #tools: ExpiryTools
  #stopTimer: Undo
  #stopped = false
  #reported: string | undefined

  constructor(tools: ExpiryTools) {
    this.#tools = tools
    this.#stopTimer = tools.clock.after(0, () => this.#step())
  }

  /** Sweeps now, because something may just have expired. */
  runSoon(): void {
    this.#schedule(0)
  }

  stop(): void {
    this.#stopped = true
    this.#stopTimer()
  }

  #step(): void {
    const { clock, write, report } = this.#tools
    const startedAt = clock.elapsed()
    write({ kind: 'sweep', now: clock.now() })
      .then((result) => {
        if (result.kind !== 'swept') {
          requireDone(result)
          return EXPIRE_MS
        }
        this.#reportOnce(result.problem)
        // Half of the time belongs to posts, however much there is to delete.
        return result.more ? clock.elapsed() - startedAt : EXPIRE_MS
      })
      .catch((error) => {
        report(error)
        return EXPIRE_MS
      })
      .then((delayMs) => this.#schedule(delayMs))
  }

  // The same room fails in each sweep.
  #reportOnce(problem: string | undefined): void {
    if (problem !== undefined && problem !== this.#reported) this.#tools.report(new Error(problem))
    this.#reported = problem
  }

  #schedule(delayMs: number): void {
    if (this.#stopped) return
    this.#stopTimer()
    this.#stopTimer = this.#tools.clock.after(delayMs, () => this.#step())
  }
}
