import { closeSync, fstatSync, realpathSync, statSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import { Refusal } from '../../chat/refusal.ts'
import type { DiskTrouble } from './disk/disk-error.ts'
import { openDatabaseFile } from './open-database.ts'
import type { Operation, OperationResult } from './operation.ts'
import { UnusableDatabase } from './schema.ts'
import type { WriterData, WriterMessage } from './writer-thread.ts'

/** Operations that may wait for the disk, some kilobytes each. More are refused (P11). */
export const QUEUE_MAX = 5_000

export interface GroupCommitTools {
  /** The program of the writer thread, as text. */
  readonly program: string
  readonly path: string
  /** The bound of the database in bytes; undefined: none. */
  readonly maxBytes?: number | undefined
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Receives the error that ended a thread. */
  readonly report: (error: unknown) => void
  /** Called when a new thread has replaced one that ended. The results of its last commit may have reached nobody. */
  readonly onRestart: () => void
  /** Paths of other files that must stay where they are as long as anything is stored. */
  readonly guarded: readonly string[]
  /** Milliseconds since an arbitrary moment. */
  readonly elapsed: () => number
  /** Called after each commit, and when files were moved: what keeps the disk from storing, or undefined. */
  readonly onDisk: (trouble: DiskTrouble | undefined) => void
}

interface QueuedOperation {
  readonly operation: Operation
  readonly settle: (result: OperationResult) => void
  readonly reject: (error: unknown) => void
}

/**
 * Queues operations for the writer thread. Those queued during one commit form the next commit, so a slow disk or many
 * posters only make the commits larger. Results are processed in the order of the operations.
 */
export class GroupCommit {
  readonly #tools: GroupCommitTools
  // Opened before every connection and closed after them. A descriptor of the thread would be closed when it ends.
  readonly #file: number
  #worker: Worker | undefined
  #opening = false
  #closed = false
  #queued: QueuedOperation[] = []
  #inFlight: QueuedOperation[] = []
  #sentAt = 0
  #onIdle: () => void = () => {}

  private constructor(tools: GroupCommitTools) {
    this.#tools = tools
    this.#file = openDatabaseFile(tools.path)
  }

  /** @throws UnusableDatabase */
  static async open(tools: GroupCommitTools): Promise<GroupCommit> {
    const groupCommit = new GroupCommit(tools)
    try {
      await groupCommit.#startWorker()
    } catch (error) {
      closeSync(groupCommit.#file)
      throw error
    }
    return groupCommit
  }

  /**
   * Queues an operation.
   * @param toResult turns the result into the result; called in the order of the operations
   * @throws Refusal `busy` if the queue is full, or if the thread ended before it sent an result
   */
  write<Result>(
    operation: Operation,
    toResult: (result: OperationResult) => Result,
  ): Promise<Awaited<Result>> {
    if (this.#closed || this.#queued.length >= QUEUE_MAX) return Promise.reject(queueFull())
    return new Promise((resolve, reject) => {
      const settle = (result: OperationResult) => {
        try {
          Promise.resolve(toResult(result)).then(resolve, reject)
        } catch (error) {
          reject(error)
        }
      }
      this.#queued.push({ operation, settle, reject })
      this.#send()
    })
  }

  /** Milliseconds that the commit under way has taken; 0 between commits. */
  get commitMs(): number {
    return this.#inFlight.length > 0 ? Math.max(1, this.#tools.elapsed() - this.#sentAt) : 0
  }

  /**
   * Ends the thread after all queued operations.
   * @param closeOthers closes the other connections: when the last one closes, a single file is left
   */
  async close(closeOthers: () => void): Promise<void> {
    this.#closed = true
    if (this.#inFlight.length > 0 || this.#queued.length > 0) {
      await new Promise<void>((resolve) => {
        this.#onIdle = resolve
      })
    }
    closeOthers()
    await this.#stopWorker()
    closeSync(this.#file)
  }

  async #stopWorker(): Promise<void> {
    const worker = this.#worker
    if (!worker) return
    const ended = new Promise((resolve) => worker.once('exit', resolve))
    worker.postMessage('close')
    await ended
  }

  async #startWorker(): Promise<void> {
    const { program, path, now, guarded, maxBytes } = this.#tools
    this.#assertSameFile()
    const file = this.#file
    const workerData: WriterData = { path: realpathSync(path), guarded, file, now: now(), maxBytes }
    const worker = new Worker(program, { eval: true, workerData })
    return new Promise((resolve, reject) => {
      const fail = (error: Error) => {
        reject(error)
        this.#handleExit(worker, error)
      }
      worker.on('error', fail)
      worker.on('exit', (code) => fail(new Error(`The writer thread exited with code ${code}`)))
      worker.on('message', (message: WriterMessage) => {
        switch (message.kind) {
          case 'open':
            this.#worker = worker
            return resolve()
          case 'unusable':
            reject(new UnusableDatabase(message.message))
            return void worker.terminate()
          case 'results':
            this.#tools.onDisk(message.trouble)
            return this.#settle(message.results)
          case 'files':
            return this.#tools.onDisk(message.trouble)
        }
      })
    })
  }

  // SQLite would create a new database.
  #assertSameFile(): void {
    const { path } = this.#tools
    const current = statSync(path, { bigint: true, throwIfNoEntry: false })
    const { dev, ino } = fstatSync(this.#file, { bigint: true })
    if (current?.dev !== dev || current.ino !== ino)
      throw UnusableDatabase.of(path, 'was moved or replaced while Snug uses it. Put it back.')
  }

  #send(): void {
    if (this.#inFlight.length > 0) return
    if (this.#queued.length === 0) this.#onIdle()
    else if (!this.#worker) this.#restartWorker()
    else {
      this.#inFlight = this.#queued
      this.#queued = []
      this.#sentAt = this.#tools.elapsed()
      this.#worker.postMessage(this.#inFlight.map(({ operation }) => operation))
    }
  }

  #settle(results: readonly OperationResult[]): void {
    const settled = this.#inFlight
    this.#inFlight = []
    // The thread gets its next operations first, so that it never waits for the callers.
    this.#send()
    for (const [index, { settle, reject }] of settled.entries()) {
      const result = results[index]
      if (result) settle(result)
      else reject(new Error('The writer thread sent no result for an operation'))
    }
  }

  // Operations in flight may or may not be stored. A message that is sent again with its key is stored once.
  #handleExit(worker: Worker, error: Error): void {
    if (this.#worker !== worker) return
    this.#worker = undefined
    const lost = this.#inFlight
    this.#inFlight = []
    if (this.#closed && lost.length === 0) return
    this.#tools.report(error)
    for (const { reject } of lost) reject(interrupted())
    this.#restartWorker()
  }

  // If the restart fails, the next write tries again.
  #restartWorker(): void {
    if (this.#opening) return
    this.#opening = true
    this.#startWorker()
      .then(() => {
        this.#tools.onRestart()
      })
      .catch((error) => {
        this.#tools.report(error)
        for (const { reject } of this.#queued.splice(0)) reject(interrupted())
      })
      .finally(() => {
        this.#opening = false
        this.#send()
      })
  }
}

function queueFull(): Refusal {
  return new Refusal('busy', 'The disk can’t keep up just now. Try again in a moment.', 1)
}

function interrupted(): Refusal {
  return new Refusal('busy', 'Storing this was interrupted. Send it again in a moment.', 1)
}
