import type { Clock, Undo } from '../../../chat/ports/clock.ts'
import { BOUND_CODE } from './database-space.ts'
import type { DiskTrouble } from './disk-error.ts'

/** Interval of checks, and of trials while the disk fails. */
const CHECK_MS = 1000

/** A trouble that lasts this long makes the server unready. */
const UNREADY_AFTER_MS = 3000

/** A commit that takes this long counts as trouble. */
const HANG_MS = 5000

/** A disk works again once it stores something this long after its last failure. A nearly full one does both. */
const STEADY_MS = 2000

/** The beginning or the end of a time in which nothing can be stored. */
export interface DiskEvent {
  readonly kind: 'failing' | 'working'
  /** The system's code of the trouble, such as `EIO`. */
  readonly code: string
  readonly detail: string
}

export interface DiskHealthTools {
  readonly clock: Clock
  readonly onEvent: (event: DiskEvent) => void
  /** Tries to store something. The result arrives by `update`. */
  readonly tryDisk: () => void
  /** Milliseconds that the commit under way has taken, 0 between commits. */
  readonly commitMs: () => number
}

/** Knows whether the disk stores what it is given. Each time of trouble is reported once, with its end. */
export class DiskHealth {
  readonly #tools: DiskHealthTools
  #trouble: Pick<DiskTrouble, 'code' | 'detail'> | undefined
  // A disk may fail in several ways in turn. Each is reported once.
  readonly #reportedCodes = new Set<string>()
  #failingSince = 0
  #failedAt = 0
  #isDetached = false
  #stopTimer: Undo

  constructor(tools: DiskHealthTools) {
    this.#tools = tools
    this.#stopTimer = tools.clock.after(CHECK_MS, () => this.#check())
  }

  /** Why the server is unready, in one sentence. Undefined if it is ready. */
  get problem(): string | undefined {
    if (!this.#trouble || this.#trouble.code === BOUND_CODE) return undefined
    // A moved folder does not come back by itself, so there is no reason to wait.
    if (!this.#isDetached && this.#tools.clock.elapsed() - this.#failingSince < UNREADY_AFTER_MS)
      return undefined
    return `Nothing can be stored (${this.#trouble.code}).`
  }

  /** Must be called with the result of each commit: its trouble, or undefined if it reached the disk. */
  update(trouble: DiskTrouble | undefined): void {
    const steadyMs = this.#tools.clock.elapsed() - this.#failedAt
    if (trouble) {
      this.#isDetached = trouble.rejection === 'detached'
      this.#fail(trouble)
    } else if (this.#trouble && (this.#isDetached || steadyMs >= STEADY_MS)) this.#recover()
  }

  stop(): void {
    this.#stopTimer()
  }

  /** @param sinceMs how long it has lasted already, in milliseconds */
  #fail(trouble: Pick<DiskTrouble, 'code' | 'detail'>, sinceMs = 0): void {
    this.#failedAt = this.#tools.clock.elapsed()
    if (!this.#trouble) this.#failingSince = this.#failedAt - sinceMs
    this.#trouble = trouble
    if (this.#reportedCodes.has(trouble.code)) return
    this.#reportedCodes.add(trouble.code)
    this.#tools.onEvent({ kind: 'failing', ...trouble })
  }

  #recover(): void {
    const { code = '', detail = '' } = this.#trouble ?? {}
    this.#trouble = undefined
    this.#reportedCodes.clear()
    this.#tools.onEvent({ kind: 'working', code, detail })
  }

  #check(): void {
    const { clock, commitMs, tryDisk } = this.#tools
    const took = commitMs()
    if (took >= HANG_MS) {
      const seconds = Math.round(took / 1000)
      this.#isDetached = false
      this.#fail({ code: 'ETIMEDOUT', detail: `a commit has taken ${seconds} seconds so far` }, took)
    } else if (took === 0 && this.#trouble) tryDisk()
    this.#stopTimer = clock.after(CHECK_MS, () => this.#check())
  }
}
