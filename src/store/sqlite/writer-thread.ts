// The writer thread: a program of its own, built into the executable as text. It does all writing to the database, so
// that no wait for a disk stops the event loop.

import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { type CommitResult, commit, rejectAll } from './commit.ts'
import { AttachedFiles } from './disk/attached-files.ts'
import { limitSpace } from './disk/database-space.ts'
import { type DiskTrouble, tryDisk } from './disk/disk-error.ts'
import { openForWriting } from './open-database.ts'
import type { Operation, OperationResult } from './operation.ts'
import { Scrub } from './secure-delete/scrub.ts'
import { ScrubScheduler } from './secure-delete/scrub-scheduler.ts'
import { DatabaseWriter } from './write.ts'

/** What the thread receives at its start. */
export interface WriterData {
  /** The path of the database. */
  readonly path: string
  /** Paths of other files that must stay where they are. */
  readonly guarded: readonly string[]
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
  | { readonly kind: 'results'; readonly results: readonly OperationResult[]; readonly trouble?: DiskTrouble }
  /** A file of the database was found missing or replaced, or is back. */
  | { readonly kind: 'files'; readonly trouble: DiskTrouble | undefined }

/** Interval of the search for files that were moved or replaced. Each commit looks as well. */
const FILES_CHECK_MS = 1000

function runWriter(port: MessagePort, { path, guarded, file, now, maxBytes }: WriterData): void {
  const send = (message: WriterMessage) => port.postMessage(message)
  try {
    const database = openForWriting(path, now)
    const writer = new DatabaseWriter(database, limitSpace(database, path, maxBytes))
    const files = new AttachedFiles(path, [`${path}-wal`, `${path}-shm`, ...guarded])
    const store = (operations: readonly Operation[]): CommitResult => {
      const trouble = files.findDetached() ?? (operations.some(isTrial) ? tryDisk(path) : undefined)
      if (trouble) return rejectAll(operations, trouble)
      const committed = commit(database, writer, operations)
      // The files may have been moved meanwhile. What is stored in them is then not acknowledged.
      const moved = files.findDetached()
      return moved ? rejectAll(operations, moved) : committed
    }
    let detached = false
    const checking = setInterval(() => {
      const trouble = files.findDetached()
      if (trouble || detached) send({ kind: 'files', trouble })
      detached = trouble !== undefined
    }, FILES_CHECK_MS)
    const scrubScheduler = new ScrubScheduler(new Scrub(database, path, file))
    // A process that was killed may have left deleted text.
    scrubScheduler.start()
    port.on('message', (operations: readonly Operation[] | 'close') => {
      if (operations === 'close') {
        clearInterval(checking)
        scrubScheduler.close()
        database.close()
        port.close()
        return
      }
      const { results, trouble } = store(operations)
      send({ kind: 'results', results, ...(trouble && { trouble }) })
      scrubScheduler.afterCommit(operations, results)
    })
    send({ kind: 'open' })
  } catch (error) {
    send({ kind: 'unusable', message: error instanceof Error ? error.message : String(error) })
  }
}

function isTrial({ kind }: Operation): boolean {
  return kind === 'try-disk'
}

if (parentPort) runWriter(parentPort, workerData as WriterData)
