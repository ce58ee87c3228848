import { closeSync, realpathSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import { Refusal } from '../../chat/refusal.ts'
import { openDatabaseFile } from './open-database.ts'
import type { Operation, Outcome } from './operation.ts'
import { UnusableDatabase } from './schema.ts'
import type { WriterData, WriterMessage } from './writer-thread.ts'

/** Operations that may wait for the disk, some kilobytes each, before more are shed. */
export const QUEUE_MAX = 5_000

export interface GroupCommitTools {
  /** The writing thread's program, as text. */
  readonly program: string
  readonly path: string
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Takes what ended a thread. */
  readonly report: (error: unknown) => void
  /** A new thread has taken the place of one that ended: what that one did last was answered to nobody. */
  readonly onRestart: () => void
}

interface QueuedOperation {
  readonly operation: Operation
  readonly settle: (outcome: Outcome) => void
  readonly reject: (error: unknown) => void
}

/**
 * The writing thread, seen from the server: what queued during one commit is the next, so that a disk that is slow, or
 * posters who are many, only make the commits bigger. Outcomes are taken in the order of the operations.
 */
export class GroupCommit {
  readonly #tools: GroupCommitTools
  // Before each connection, and longer: a thread's own would be closed when the thread ends.
  readonly #file: number
  #worker: Worker | undefined
  #opening = false
  #closed = false
  #queued: QueuedOperation[] = []
  #inFlight: QueuedOperation[] = []
  #onIdle: () => void = () => {}

  private constructor(tools: GroupCommitTools) {
    this.#tools = tools
    this.#file = openDatabaseFile(tools.path)
  }

  /** @throws UnusableDatabase */
  static async open(tools: GroupCommitTools): Promise<GroupCommit> {
    const group = new GroupCommit(tools)
    try {
      await group.#startWorker()
    } catch (error) {
      closeSync(group.#file)
      throw error
    }
    return group
  }

  /**
   * @param take makes the result of the outcome, before that of any later operation is made
   * @throws Refusal `busy` when too much waits already, or the thread ended over it
   */
  write<Result>(operation: Operation, take: (outcome: Outcome) => Result): Promise<Awaited<Result>> {
    if (this.#closed || this.#queued.length >= QUEUE_MAX) return Promise.reject(queueFull())
    return new Promise((resolve, reject) => {
      const settle = (outcome: Outcome) => {
        try {
          Promise.resolve(take(outcome)).then(resolve, reject)
        } catch (error) {
          reject(error)
        }
      }
      this.#queued.push({ operation, settle, reject })
      this.#send()
    })
  }

  /**
   * Ends the thread, after what was given to it.
   * @param before closes other connections: the last one leaves a single file behind
   */
  async close(before: () => void): Promise<void> {
    this.#closed = true
    if (this.#inFlight.length > 0 || this.#queued.length > 0) {
      await new Promise<void>((resolve) => {
        this.#onIdle = resolve
      })
    }
    before()
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

  #startWorker(): Promise<void> {
    const { program, path, now } = this.#tools
    const workerData: WriterData = { path: realpathSync(path), file: this.#file, now: now() }
    const worker = new Worker(program, { eval: true, workerData })
    return new Promise((resolve, reject) => {
      const end = (error: Error) => {
        reject(error)
        this.#handleExit(worker, error)
      }
      worker.on('error', end)
      worker.on('exit', (code) => end(new Error(`The writing thread ended with code ${code}`)))
      worker.on('message', (message: WriterMessage) => {
        switch (message.kind) {
          case 'open':
            this.#worker = worker
            return resolve()
          case 'unusable':
            reject(new UnusableDatabase(message.message))
            return void worker.terminate()
          case 'outcomes':
            return this.#settle(message.outcomes)
        }
      })
    })
  }

  #send(): void {
    if (this.#inFlight.length > 0) return
    if (this.#queued.length === 0) this.#onIdle()
    else if (!this.#worker) this.#restartWorker()
    else {
      this.#inFlight = this.#queued
      this.#queued = []
      this.#worker.postMessage(this.#inFlight.map(({ operation }) => operation))
    }
  }

  #settle(outcomes: readonly Outcome[]): void {
    const done = this.#inFlight
    this.#inFlight = []
    // The thread has its next work before anybody is told of this.
    this.#send()
    for (const [index, { settle, reject }] of done.entries()) {
      const outcome = outcomes[index]
      if (outcome) settle(outcome)
      else reject(new Error('The writing thread gave no outcome'))
    }
  }

  // What was under way may be stored or not; whoever sends it again with its key has it once.
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

  // Where that fails, the next write tries again.
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
