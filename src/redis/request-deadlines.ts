import { AsyncLocalStorage } from 'node:async_hooks'
import type { Deadlines } from '../chat/ports/deadlines.ts'
import { redisUnavailable } from './refusals.ts'

/** What one request has waited for Redis so far. Only that counts: a request may also wait for its sender. */
interface Wait {
  spentMs: number
  /** Questions to Redis that are under way at the same time, and since when there are any. */
  pending: number
  since: number
  /** Whether the request has its response. What it started may go on. */
  over: boolean
}

/**
 * Bounds how long a request waits for Redis: for all its questions together as long as for a single one. Code that
 * runs in the background of a request, or in none, has no such bound.
 */
export class RequestDeadlines implements Deadlines {
  readonly #waits = new AsyncLocalStorage<Wait | undefined>()
  readonly #limitMs: number

  /** @param limitMs for all questions of one request */
  constructor(limitMs: number) {
    this.#limitMs = limitMs
  }

  /**
   * Runs a request.
   * @returns must be called when the request has its response
   */
  start(run: () => void): () => void {
    const wait: Wait = { spentMs: 0, pending: 0, since: 0, over: false }
    this.#waits.run(wait, run)
    return () => {
      wait.over = true
    }
  }

  detach<Result>(start: () => Result): Result {
    return this.#waits.run(undefined, start)
  }

  wait<Result>(work: Promise<Result>): Promise<Result> {
    return this.ask(() => work)
  }

  /**
   * Asks something and waits for the reply until the deadline of the present request, if there is one. Asks nothing if
   * it is over already.
   * @throws Refusal `busy`
   */
  async ask<Result>(question: () => Promise<Result>): Promise<Result> {
    const wait = this.#waits.getStore()
    if (!wait || wait.over) return question()
    const now = performance.now()
    const spentMs = wait.spentMs + (wait.pending > 0 ? now - wait.since : 0)
    if (spentMs >= this.#limitMs) throw redisUnavailable()
    if (wait.pending++ === 0) wait.since = now
    let timer: NodeJS.Timeout | undefined
    let immediate: NodeJS.Immediate | undefined
    const deadline = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        // If this process was busy itself, replies that came in time are read first.
        immediate = setImmediate(() => reject(redisUnavailable()))
      }, this.#limitMs - spentMs)
    })
    try {
      const reply = question()
      // It may fail after the deadline, when nobody waits for it any more.
      reply.catch(() => {})
      return await Promise.race([reply, deadline])
    } finally {
      clearTimeout(timer)
      clearImmediate(immediate)
      if (--wait.pending === 0) wait.spentMs += performance.now() - wait.since
    }
  }
}
