// The writer thread: a program of its own, built into the executable as text. It does all writing to the database, so
// that no wait for a disk stops the event loop.

import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { limitSpace } from '../database-space.ts'
import { commit } from './commit.ts'
import { openForWriting } from './open-database.ts'
import type { Operation, OperationResult } from './operation.ts'
import { Scrub } from './secure-delete/scrub.ts'
import { ScrubScheduler } from './secure-delete/scrub-scheduler.ts'
import { DatabaseWriter } from './write.ts'

/** What the thread receives at its start. */
export interface WriterData {
  /** The path of the database. */
  readonly path: string
  /** A descriptor of the same file. */
  readonly file: number
  /** Milliseconds since 1970. */
  readonly now: number
  /** The bound of the database in bytes; undefined: none. */
  readonly maxBytes: number | undefined
}

/** What the thread sends to the server. */
export type WriterMessage =
  | { readonly kind: 'open' }
  | { readonly kind: 'unusable'; readonly message: string }
  | { readonly kind: 'results'; readonly results: readonly OperationResult[] }

function runWriter(port: MessagePort, { path, file, now, maxBytes }: WriterData): void {
  const send = (message: WriterMessage) => port.postMessage(message)
  try {
    const database = openForWriting(path, now)
    const writer = new DatabaseWriter(database, limitSpace(database, path, maxBytes))
    const scrubScheduler = new ScrubScheduler(new Scrub(database, path, file))
    // A process that was killed may have left deleted text.
    scrubScheduler.start()
    port.on('message', (operations: readonly Operation[] | 'close') => {
      if (operations === 'close') {
        scrubScheduler.close()
        database.close()
        port.close()
        return
      }
      const results = commit(database, writer, operations)
      send({ kind: 'results', results })
      scrubScheduler.afterCommit(operations, results)
    })
    send({ kind: 'open' })
  } catch (error) {
    send({ kind: 'unusable', message: error instanceof Error ? error.message : String(error) })
  }
}

if (parentPort) runWriter(parentPort, workerData as WriterData)
