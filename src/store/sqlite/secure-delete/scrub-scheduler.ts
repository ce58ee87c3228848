import { isDiskRejected, type Operation, type OperationResult } from '../operation.ts'
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
  afterCommit(operations: readonly Operation[], results: readonly OperationResult[]): void {
    if (results.some(isUncertain)) this.#scrub.suspectAllPages()
    else this.#scrub.recordCommit()
    for (const [index, result] of results.entries())
      this.#hasDeletedText ||= deletesText(operations[index], result)
    // A sweep of many steps is scrubbed once, after its last step.
    const more = results.some((result) => result.kind === 'swept' && result.more)
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

function isUncertain(result: OperationResult): boolean {
  return result.kind === 'failed' || isDiskRejected(result)
}

function deletesText(operation: Operation | undefined, result: OperationResult): boolean {
  if (result.kind === 'swept') return result.deleted > 0
  if (result.kind === 'rejected') return isDiskRejected(result)
  return result.kind === 'done' && (operation?.kind === 'edit' || operation?.kind === 'delete-message')
}
