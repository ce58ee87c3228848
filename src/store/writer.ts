// The writing thread: a program of its own, which is built into the executable as text. It alone writes to the database,
// so that no wait for a disk stops the server.

import type { DatabaseSync } from 'node:sqlite'
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { commit } from './commit.ts'
import { emptyLog, openForWriting } from './open-database.ts'
import type { Operation, Outcome } from './operation.ts'
import { Writing } from './write.ts'

/** What the writing thread says. */
export type WriterMessage =
  | { readonly kind: 'open' }
  | { readonly kind: 'unusable'; readonly message: string }
  | { readonly kind: 'outcomes'; readonly outcomes: readonly Outcome[] }

/** How long a backup can keep deleted text in the log after its end. */
const RETRY_MS = 1000

function write(port: MessagePort, path: string, now: number): void {
  const say = (message: WriterMessage) => port.postMessage(message)
  try {
    const database = openForWriting(path, now)
    const writing = new Writing(database)
    const log = new Log(database)
    // A process that was killed may have left deleted text in it.
    log.empty()
    port.on('message', (operations: readonly Operation[] | 'close') => {
      if (operations === 'close') {
        log.close()
        database.close()
        port.close()
        return
      }
      const outcomes = commit(database, writing, operations)
      say({ kind: 'outcomes', outcomes })
      log.after(operations, outcomes)
    })
    say({ kind: 'open' })
  } catch (error) {
    say({ kind: 'unusable', message: error instanceof Error ? error.message : String(error) })
  }
}

/** SQLite's log, in which deleted text must not stay; and a full disk has a bit of space again without it. */
class Log {
  readonly #database: DatabaseSync
  #retry: NodeJS.Timeout | undefined
  #holdsDeleted = true

  constructor(database: DatabaseSync) {
    this.#database = database
  }

  after(operations: readonly Operation[], outcomes: readonly Outcome[]): void {
    for (const [index, outcome] of outcomes.entries())
      this.#holdsDeleted ||= deletes(operations[index], outcome)
    // Of many steps the last one empties it.
    const more = outcomes.some((outcome) => outcome.kind === 'swept' && outcome.more)
    if (this.#holdsDeleted && !more && !this.#retry) this.empty()
  }

  empty(): void {
    clearTimeout(this.#retry)
    this.#retry = undefined
    if (emptyLog(this.#database)) this.#holdsDeleted = false
    else this.#retry = setTimeout(() => this.empty(), RETRY_MS)
  }

  close(): void {
    clearTimeout(this.#retry)
  }
}

function deletes(operation: Operation | undefined, outcome: Outcome): boolean {
  if (outcome.kind === 'swept') return outcome.deleted > 0
  if (outcome.kind === 'denied') return outcome.denial === 'full'
  return outcome.kind === 'done' && (operation?.kind === 'edit' || operation?.kind === 'erase')
}

if (parentPort) write(parentPort, String(workerData.path), Number(workerData.now))
