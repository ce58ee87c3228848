import type { ServerResponse } from 'node:http'
import type { Address } from '../../chat/address.ts'
import type { ReadLimit } from '../../chat/limits/rate-limit.ts'
import { rateLimited } from '../../chat/limits/rate-limited.ts'
import { TokenBuckets } from '../../chat/limits/token-buckets.ts'
import type { Clock } from '../../chat/ports/clock.ts'
import type { Refusal } from '../../chat/refusal.ts'

/** Reads take at most this long in one turn of the event loop, or a single one takes longer. */
const TURN_MS = 5

/**
 * After a turn in which reads took this long, they rest as long: a post takes several turns, and must find them
 * short.
 */
const LONG_TURN_MS = 8

/** The CPU time of a response that was made in several turns: its start was measured, the rest counts by its length. */
const MS_PER_BYTE = 0.00005

/** Runs a read. A refusal is to be sent in place of what was asked for. */
export type StartRead = (refusal: Refusal | undefined) => void

/** A request that reads. */
export interface Read {
  readonly address: Address
  readonly response: ServerResponse
  /** Its response is a stream: only its start counts. */
  readonly isStream: boolean
  readonly start: StartRead
}

export interface ReadGateTools {
  readonly clock: Clock
  /** CPU time of this thread in milliseconds. */
  readonly cpuMs: () => number
}

/**
 * Limits what is read: by address, in requests and in CPU time; and in each turn of the event loop, so that somebody
 * else's post never waits behind many pages. Reads that wait are served by address, in turn.
 */
export class ReadGate {
  readonly #tools: ReadGateTools
  readonly #requests: TokenBuckets | undefined
  readonly #cpu: TokenBuckets | undefined
  // A connection has one request in progress, so the number of connections bounds what waits.
  readonly #waiting = new Map<Address, Read[]>()
  #turnMs = 0
  #turnEnds = false
  #restsUntil = 0

  constructor(tools: ReadGateTools, { requests, cpu }: ReadLimit) {
    this.#tools = tools
    this.#requests = requests && new TokenBuckets(tools.clock, requests)
    this.#cpu = cpu && new TokenBuckets(tools.clock, cpu)
  }

  /** Starts the read now, or in a later turn. */
  run(read: Read): void {
    if (
      this.#waiting.size === 0 &&
      this.#turnMs < TURN_MS &&
      this.#tools.clock.elapsed() >= this.#restsUntil
    ) {
      this.#start(read)
      return
    }
    const waiting = this.#waiting.get(read.address)
    if (waiting) waiting.push(read)
    else this.#waiting.set(read.address, [read])
    this.#endTurn()
  }

  #start({ address, response, isStream, start }: Read): void {
    const { clock, cpuMs } = this.#tools
    const { socket } = response
    const sent = socket?.bytesWritten ?? 0
    const refusal = this.#refusal(address)
    if (!refusal) this.#requests?.take(address, 1)
    const began = cpuMs()
    const startedAt = clock.elapsed()
    // Ticks run before promises here. A tick that a promise sets runs when all promises are done: the burst is over.
    queueMicrotask(() =>
      process.nextTick(() => {
        // Others wait as long as it takes, but an address pays only for what it used.
        this.#turnMs += clock.elapsed() - startedAt
        if (refusal) return
        this.#cpu?.take(address, cpuMs() - began)
        if (isStream || response.writableEnded) return
        response.once('close', () => {
          this.#cpu?.take(address, ((socket?.bytesWritten ?? 0) - sent) * MS_PER_BYTE)
        })
      }),
    )
    this.#endTurn()
    start(refusal)
  }

  #refusal(address: Address): Refusal | undefined {
    const ms = Math.max(this.#requests?.wait(address) ?? 0, this.#cpu?.wait(address) ?? 0)
    return ms > 0 ? rateLimited('read', 'address', ms) : undefined
  }

  #endTurn(): void {
    if (this.#turnEnds) return
    this.#turnEnds = true
    this.#tools.clock.setImmediate(() => this.#beginTurn())
  }

  #beginTurn(): void {
    this.#turnEnds = false
    const { clock } = this.#tools
    const now = clock.elapsed()
    if (this.#turnMs >= LONG_TURN_MS) this.#restsUntil = now + this.#turnMs
    this.#turnMs = 0
    if (this.#waiting.size === 0) return
    const rest = this.#restsUntil - now
    if (rest > 0) clock.after(Math.ceil(rest), () => this.#serveNext())
    else this.#serveNext()
  }

  // One after the other, because the promises of each must run before its time is known.
  #serveNext(): void {
    const [address, reads] = this.#waiting.entries().next().value ?? []
    const read = reads?.shift()
    if (!address || !reads || !read) return
    this.#waiting.delete(address)
    if (reads.length > 0) this.#waiting.set(address, reads)
    if (!read.response.destroyed) this.#start(read)
    if (this.#waiting.size === 0) return
    // Behind the tick that measures it.
    queueMicrotask(() =>
      process.nextTick(() => {
        if (this.#turnMs < TURN_MS) this.#serveNext()
        else this.#endTurn()
      }),
    )
  }
}
