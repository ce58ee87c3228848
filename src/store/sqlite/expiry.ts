import type { Clock, Undo } from '../../chat/ports/clock.ts'
import { UnusableResource } from '../../chat/unusable-resource.ts'
import type { Operation, OperationResult } from './operation.ts'
import { requireDone } from './require-done.ts'

/** Interval of sweeps, so that expired messages are deleted within a minute. */
const EXPIRE_MS = 30_000

export interface ExpiryTools {
  readonly clock: Clock
  /** Whether the operator confirmed that the clock is right. */
  readonly acceptClock: boolean
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
  #hasReportedHeld = false

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
    const { clock, acceptClock, write, report } = this.#tools
    const startedAt = clock.elapsed()
    write({ kind: 'sweep', now: clock.now(), elapsed: startedAt, acceptClock })
      .then((result) => {
        if (result.kind !== 'swept') {
          requireDone(result)
          return EXPIRE_MS
        }
        this.#reportOnce(result.problem)
        this.#reportHeld(result.heldSince)
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

  #reportHeld(since: number | undefined): void {
    if (since === undefined || this.#hasReportedHeld) {
      this.#hasReportedHeld = since !== undefined
      return
    }
    this.#hasReportedHeld = true
    const day = (ms: number) => new Date(ms).toISOString().slice(0, 10)
    this.#tools.report(
      new UnusableResource(
        `The clock says ${day(this.#tools.clock.now())}, but this data folder was last in use on ${day(since)}. ` +
          'Messages that would expire for that are kept on disk. If the clock is right, start Snug once with ' +
          '--accept-clock; if not, set it.',
      ),
    )
  }

  #schedule(delayMs: number): void {
    if (this.#stopped) return
    this.#stopTimer()
    this.#stopTimer = this.#tools.clock.after(delayMs, () => this.#step())
  }
}
