import { Worker } from 'node:worker_threads'
import { Refusal } from '../chat/refusal.ts'
import type { Operation, Outcome } from './operation.ts'
import { UnusableDatabase } from './schema.ts'
import type { WriterMessage } from './writer.ts'

/** Operations that may wait for the disk, some kilobytes each, before more are shed. */
export const WAITING_MAX = 5_000

interface Waiting {
  readonly operation: Operation
  readonly resolve: (outcome: Outcome) => void
  readonly reject: (error: unknown) => void
}

/**
 * The writing thread, seen from the server: what queued during one commit is the next, so that a disk that is slow, or
 * posters who are many, only make the commits bigger. Outcomes come in the order of the operations.
 */
export class GroupCommit {
  readonly #worker: Worker
  #waiting: Waiting[] = []
  #underway: Waiting[] = []
  #broken: Error | undefined

  private constructor(worker: Worker) {
    this.#worker = worker
    worker.on('message', (message: WriterMessage) => {
      if (message.kind === 'outcomes') this.#settle(message.outcomes)
    })
    worker.on('error', (error: Error) => this.#break(error))
    worker.on('exit', (code) => this.#break(new Error(`The writing thread ended with code ${code}`)))
  }

  /**
   * @param program the writing thread's, as text
   * @throws UnusableDatabase
   */
  static async open(program: string, path: string): Promise<GroupCommit> {
    const worker = new Worker(program, { eval: true, workerData: { path } })
    const group = new GroupCommit(worker)
    const first = await new Promise<WriterMessage>((resolve, reject) => {
      worker.once('message', resolve)
      worker.once('error', reject)
    })
    if (first.kind !== 'unusable') return group
    await worker.terminate()
    throw new UnusableDatabase(first.message)
  }

  /** @throws Refusal `busy` when too much waits already */
  write(operation: Operation): Promise<Outcome> {
    if (this.#broken) return Promise.reject(this.#broken)
    if (this.#waiting.length >= WAITING_MAX) {
      return Promise.reject(new Refusal('busy', 'The disk can’t keep up just now. Try again in a moment.', 1))
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ operation, resolve, reject })
      this.#send()
    })
  }

  /** Ends the thread, after what was given to it. */
  async close(): Promise<void> {
    if (this.#broken) return
    const ended = new Promise((resolve) => this.#worker.once('exit', resolve))
    this.#worker.postMessage('close')
    await ended
  }

  #send(): void {
    if (this.#underway.length > 0 || this.#waiting.length === 0) return
    this.#underway = this.#waiting
    this.#waiting = []
    this.#worker.postMessage(this.#underway.map(({ operation }) => operation))
  }

  #settle(outcomes: readonly Outcome[]): void {
    const done = this.#underway
    this.#underway = []
    for (const [index, { resolve, reject }] of done.entries()) {
      const outcome = outcomes[index]
      if (outcome) resolve(outcome)
      else reject(new Error('The writing thread gave no outcome'))
    }
    this.#send()
  }

  #break(error: Error): void {
    this.#broken ??= error
    for (const { reject } of [...this.#underway, ...this.#waiting]) reject(error)
    this.#underway = []
    this.#waiting = []
  }
}
