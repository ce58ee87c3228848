// The writing thread: a program of its own, which is built into the executable as text. It alone writes to the database,
// so that no wait for a disk stops the server.

import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { commit } from './commit.ts'
import { openForWriting } from './open-database.ts'
import type { Operation, Outcome } from './operation.ts'
import { Scrub } from './secure-delete/scrub.ts'
import { ScrubScheduler } from './secure-delete/scrub-scheduler.ts'
import { DatabaseWriter } from './write.ts'

/** What the writing thread is given. */
export interface WriterData {
  /** Of the database. */
  readonly path: string
  /** The same, opened. */
  readonly file: number
  /** Milliseconds since 1970. */
  readonly now: number
}

/** What the writing thread says. */
export type WriterMessage =
  | { readonly kind: 'open' }
  | { readonly kind: 'unusable'; readonly message: string }
  | { readonly kind: 'outcomes'; readonly outcomes: readonly Outcome[] }

function runWriter(port: MessagePort, { path, file, now }: WriterData): void {
  const say = (message: WriterMessage) => port.postMessage(message)
  try {
    const database = openForWriting(path, now)
    const writing = new DatabaseWriter(database)
    const leftovers = new ScrubScheduler(new Scrub(database, path, file))
    // A process that was killed may have left some.
    leftovers.start()
    port.on('message', (operations: readonly Operation[] | 'close') => {
      if (operations === 'close') {
        leftovers.close()
        database.close()
        port.close()
        return
      }
      const outcomes = commit(database, writing, operations)
      say({ kind: 'outcomes', outcomes })
      leftovers.afterCommit(operations, outcomes)
    })
    say({ kind: 'open' })
  } catch (error) {
    say({ kind: 'unusable', message: error instanceof Error ? error.message : String(error) })
  }
}

if (parentPort) runWriter(parentPort, workerData as WriterData)
