// The writing thread: a program of its own, which is built into the executable as text. It alone writes to the database,
// so that no wait for a disk stops the server.

import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { commit } from './commit.ts'
import { emptyLog, openForWriting } from './open-database.ts'
import type { Operation, Outcome } from './operation.ts'
import { UnusableDatabase } from './schema.ts'
import { Writing } from './write.ts'

/** What the writing thread says. */
export type WriterMessage =
  | { readonly kind: 'open' }
  | { readonly kind: 'unusable'; readonly message: string }
  | { readonly kind: 'outcomes'; readonly outcomes: readonly Outcome[] }

/** After these the log must be emptied, so that what they deleted is nowhere. */
const DELETES: ReadonlySet<Operation['kind']> = new Set(['edit', 'erase', 'remove', 'expire'])

function write(port: MessagePort, path: string): void {
  const say = (message: WriterMessage) => port.postMessage(message)
  try {
    const database = openForWriting(path)
    const writing = new Writing(database)
    port.on('message', (operations: readonly Operation[] | 'close') => {
      if (operations === 'close') {
        database.close()
        port.close()
        return
      }
      const outcomes = commit(database, writing, operations)
      say({ kind: 'outcomes', outcomes })
      if (operations.some(({ kind }, index) => DELETES.has(kind) && isDone(outcomes[index])))
        emptyLog(database)
    })
    say({ kind: 'open' })
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    say({
      kind: 'unusable',
      message: error instanceof UnusableDatabase ? message : `can’t be opened: ${message}.`,
    })
  }
}

function isDone(outcome: Outcome | undefined): boolean {
  return outcome?.kind === 'done' && outcome.fresh
}

if (parentPort) write(parentPort, String(workerData.path))
