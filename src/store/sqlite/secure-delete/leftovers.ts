import type { Operation, Outcome } from '../operation.ts'
import type { Scrub } from './scrub.ts'

/** How long a backup can keep deleted text in the log after its end. */
const RETRY_MS = 1000

/** Between steps posts go on, and the disk is left to them: some 16 MB are read in a second. */
const PAUSE_MS = 60

/**
 * What is left of deleted text in SQLite's log and in the gaps of the database's pages, until it is removed from there;
 * and a full disk has a bit of space again without a log.
 */
export class Leftovers {
  readonly #scrub: Scrub
  #timer: NodeJS.Timeout | undefined
  #areLikely = false

  constructor(scrub: Scrub) {
    this.#scrub = scrub
  }

  /** To be called after each commit. */
  after(operations: readonly Operation[], outcomes: readonly Outcome[]): void {
    if (outcomes.some(isUncertain)) this.#scrub.doubt()
    else this.#scrub.note()
    for (const [index, outcome] of outcomes.entries()) this.#areLikely ||= deletes(operations[index], outcome)
    // Of many steps the last one is followed by this.
    const more = outcomes.some((outcome) => outcome.kind === 'swept' && outcome.more)
    if (this.#areLikely && !more && !this.#timer) this.remove()
  }

  /** Begins with it; what is deleted before the end is removed as well. */
  remove(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const scrubbed = this.#scrub.step()
    this.#areLikely = scrubbed !== 'done'
    if (scrubbed === 'done') return
    this.#timer = setTimeout(() => this.remove(), scrubbed === 'more' ? PAUSE_MS : RETRY_MS)
  }

  close(): void {
    clearTimeout(this.#timer)
  }
}

function isUncertain(outcome: Outcome): boolean {
  return outcome.kind === 'failed' || (outcome.kind === 'denied' && outcome.denial === 'full')
}

function deletes(operation: Operation | undefined, outcome: Outcome): boolean {
  if (outcome.kind === 'swept') return outcome.deleted > 0
  if (outcome.kind === 'denied') return outcome.denial === 'full'
  return outcome.kind === 'done' && (operation?.kind === 'edit' || operation?.kind === 'erase')
}
