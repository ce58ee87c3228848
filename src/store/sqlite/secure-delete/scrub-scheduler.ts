import type { Operation, Outcome } from '../operation.ts'
import type { Scrub } from './scrub.ts'

/** How long a backup can keep deleted text in the log after its end. */
const RETRY_MS = 1000

/** Between steps posts go on, and the disk is left to them: some 16 MB are read in a second. */
const STEP_PAUSE_MS = 60

/**
 * What is left of deleted text in SQLite's log and in the gaps of the database's pages, until it is removed from there;
 * and a full disk has a bit of space again without a log.
 */
export class ScrubScheduler {
  readonly #scrub: Scrub
  #timer: NodeJS.Timeout | undefined
  #hasDeletedText = false

  constructor(scrub: Scrub) {
    this.#scrub = scrub
  }

  /** To be called after each commit. */
  afterCommit(operations: readonly Operation[], outcomes: readonly Outcome[]): void {
    if (outcomes.some(isUncertain)) this.#scrub.suspectAllPages()
    else this.#scrub.recordCommit()
    for (const [index, outcome] of outcomes.entries())
      this.#hasDeletedText ||= deletesText(operations[index], outcome)
    // Of many steps the last one is followed by this.
    const more = outcomes.some((outcome) => outcome.kind === 'swept' && outcome.more)
    if (this.#hasDeletedText && !more && !this.#timer) this.start()
  }

  /** Begins with it; what is deleted before the end is removed as well. */
  start(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const scrubbed = this.#scrub.step()
    this.#hasDeletedText = scrubbed !== 'done'
    if (scrubbed === 'done') return
    this.#timer = setTimeout(() => this.start(), scrubbed === 'more' ? STEP_PAUSE_MS : RETRY_MS)
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
