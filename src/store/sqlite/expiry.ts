import type { Clock, Undo } from '../../chat/ports/clock.ts'
import { requireDone } from '../rejection.ts'
import type { Operation, Outcome } from './operation.ts'

/** How often what is over is deleted: within a minute of its time. */
const EXPIRE_MS = 30_000

export interface ExpiryTools {
  readonly clock: Clock
  readonly write: (operation: Operation) => Promise<Outcome>
  /** Takes what went wrong: nobody waits for it. */
  readonly report: (error: unknown) => void
}

/** Deletes what is over again and again, step by step, until it is stopped. */
export class Expiry {
  readonly #tools: ExpiryTools
  #stopTimer: Undo
  #stopped = false

  constructor(tools: ExpiryTools) {
    this.#tools = tools
    this.#stopTimer = tools.clock.after(0, () => this.#step())
  }

  /** Something may just have become over. */
  runSoon(): void {
    this.#schedule(0)
  }

  stop(): void {
    this.#stopped = true
    this.#stopTimer()
  }

  #step(): void {
    const { clock, write, report } = this.#tools
    write({ kind: 'sweep', now: clock.now() })
      .then((outcome) => {
        if (outcome.kind !== 'swept') requireDone(outcome)
        return outcome.kind === 'swept' && outcome.more ? 0 : EXPIRE_MS
      })
      .catch((error) => {
        report(error)
        return EXPIRE_MS
      })
      .then((wait) => this.#schedule(wait))
  }

  #schedule(wait: number): void {
    if (this.#stopped) return
    this.#stopTimer()
    this.#stopTimer = this.#tools.clock.after(wait, () => this.#step())
  }
}
