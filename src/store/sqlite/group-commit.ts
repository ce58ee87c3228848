import { closeSync, realpathSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import { Refusal } from '../../chat/refusal.ts'
import { openFile } from './open-database.ts'
import type { Operation, Outcome } from './operation.ts'
import { UnusableDatabase } from './schema.ts'
import type { WriterData, WriterMessage } from './writer-thread.ts'

/** Operations that may wait for the disk, some kilobytes each, before more are shed. */
export const WAITING_MAX = 5_000

export interface GroupCommitTools {
  /** The writing thread's program, as text. */
  readonly program: string
  readonly path: string
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Takes what ended a thread. */
  readonly report: (error: unknown) => void
  /** A new thread has taken the place of one that ended: what that one did last was answered to nobody. */
  readonly recover: () => void
}

interface Waiting {
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
  #waiting: Waiting[] = []
  #underway: Waiting[] = []
  #idle: () => void = () => {}

  private constructor(tools: GroupCommitTools) {
    this.#tools = tools
    this.#file = openFile(tools.path)
  }

  /** @throws UnusableDatabase */
  static async open(tools: GroupCommitTools): Promise<GroupCommit> {
    const group = new GroupCommit(tools)
    try {
      await group.#open()
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
    if (this.#closed || this.#waiting.length >= WAITING_MAX) return Promise.reject(tooMuch())
    return new Promise((resolve, reject) => {
      const settle = (outcome: Outcome) => {
        try {
          Promise.resolve(take(outcome)).then(resolve, reject)
        } catch (error) {
          reject(error)
        }
      }
      this.#waiting.push({ operation, settle, reject })
      this.#send()
    })
  }

  /**
   * Ends the thread, after what was given to it.
   * @param before closes other connections: the last one leaves a single file behind
   */
  async close(before: () => void): Promise<void> {
    this.#closed = true
    if (this.#underway.length > 0 || this.#waiting.length > 0) {
      await new Promise<void>((resolve) => {
        this.#idle = resolve
      })
    }
    before()
    await this.#end()
    closeSync(this.#file)
  }

  async #end(): Promise<void> {
    const worker = this.#worker
    if (!worker) return
    const ended = new Promise((resolve) => worker.once('exit', resolve))
    worker.postMessage('close')
    await ended
  }

  #open(): Promise<void> {
    const { program, path, now } = this.#tools
    const workerData: WriterData = { path: realpathSync(path), file: this.#file, now: now() }
    const worker = new Worker(program, { eval: true, workerData })
    return new Promise((resolve, reject) => {
      const end = (error: Error) => {
        reject(error)
        this.#lose(worker, error)
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
    if (this.#underway.length > 0) return
    if (this.#waiting.length === 0) this.#idle()
    else if (!this.#worker) this.#reopen()
    else {
      this.#underway = this.#waiting
      this.#waiting = []
      this.#worker.postMessage(this.#underway.map(({ operation }) => operation))
    }
  }

  #settle(outcomes: readonly Outcome[]): void {
    const done = this.#underway
    this.#underway = []
    // The thread has its next work before anybody is told of this.
    this.#send()
    for (const [index, { settle, reject }] of done.entries()) {
      const outcome = outcomes[index]
      if (outcome) settle(outcome)
      else reject(new Error('The writing thread gave no outcome'))
    }
  }

  // What was under way may be stored or not; whoever sends it again with its key has it once.
  #lose(worker: Worker, error: Error): void {
    if (this.#worker !== worker) return
    this.#worker = undefined
    const lost = this.#underway
    this.#underway = []
    if (this.#closed && lost.length === 0) return
    this.#tools.report(error)
    for (const { reject } of lost) reject(broken())
    this.#reopen()
  }

  // Where that fails, the next write tries again.
  #reopen(): void {
    if (this.#opening) return
    this.#opening = true
    this.#open()
      .then(() => {
        this.#tools.recover()
      })
      .catch((error) => {
        this.#tools.report(error)
        for (const { reject } of this.#waiting.splice(0)) reject(broken())
      })
      .finally(() => {
        this.#opening = false
        this.#send()
      })
  }
}

function tooMuch(): Refusal {
  return new Refusal('busy', 'The disk can’t keep up just now. Try again in a moment.', 1)
}

function broken(): Refusal {
  return new Refusal('busy', 'Storing this was interrupted. Send it again in a moment.', 1)
}
