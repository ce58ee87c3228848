import type { Operation, Outcome } from '../operation.ts'
import type { Scrub } from './scrub.ts'

/** Delay after a step that found the database busy. Deleted text may stay in the WAL this long after a backup ends. */
const RETRY_MS = 1000

/** Pause between steps, which leaves the disk to posts: some 16 MB are read per second. */
const STEP_PAUSE_MS = 60

/**
 * Scrubs after deletions. Until then, deleted text remains in SQLite's write-ahead log (WAL) and in the free space of
 * pages. Scrubbing also empties the WAL, which frees some space on a full disk.
 */
export class ScrubScheduler {
  readonly #scrub: Scrub
  #timer: NodeJS.Timeout | undefined
  #hasDeletedText = false

  constructor(scrub: Scrub) {
    this.#scrub = scrub
  }

  /** Must be called after each commit. */
  afterCommit(operations: readonly Operation[], outcomes: readonly Outcome[]): void {
    if (outcomes.some(isUncertain)) this.#scrub.suspectAllPages()
    else this.#scrub.recordCommit()
    for (const [index, outcome] of outcomes.entries())
      this.#hasDeletedText ||= deletesText(operations[index], outcome)
    // A sweep of many steps is scrubbed once, after its last step.
    const more = outcomes.some((outcome) => outcome.kind === 'swept' && outcome.more)
    if (this.#hasDeletedText && !more && !this.#timer) this.start()
  }

  /** Scrubs until nothing is left. Text that is deleted in the meantime is scrubbed as well. */
  start(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const result = this.#scrub.step()
    this.#hasDeletedText = result !== 'done'
    if (result === 'done') return
    this.#timer = setTimeout(() => this.start(), result === 'more' ? STEP_PAUSE_MS : RETRY_MS)
  }

  close(): void {
    clearTimeout(this.#timer)
  }
}

function isUncertain(outcome: Outcome): boolean {
  return outcome.kind === 'failed' || (outcome.kind === 'rejected' && outcome.rejection === 'full')
}

function deletesText(operation: Operation | undefined, outcome: Outcome): boolean {
  if (outcome.kind === 'swept') return outcome.deleted > 0
  if (outcome.kind === 'rejected') return outcome.rejection === 'full'
  return outcome.kind === 'done' && (operation?.kind === 'edit' || operation?.kind === 'delete-message')
}
