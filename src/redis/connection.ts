import type { Clock, Undo } from '../chat/ports/clock.ts'
import { Refusal } from '../chat/refusal.ts'
import { createRedisClient, type RedisAddress, type RedisClient } from './client.ts'
import { isFullRefusal, redisUnavailable, toRefusal } from './refusals.ts'

/** How long Redis may take to answer anything before it counts as away: posts are refused within a second. */
export const REPLY_TIMEOUT_MS = 800

/** How long it may take to make a connection ready: a process may have ten thousands of channels to hear again. */
const PREPARE_TIMEOUT_MS = 5_000

/** The same at the start, when somebody waits to be told whether it works. */
const FIRST_CONNECT_TIMEOUT_MS = 1_500

/** How often a connection on which nothing else is asked must show that it lives. */
const PING_INTERVAL_MS = 1_000

/** How long after a failure the next attempt comes, and up to as long again: many processes must not come as one. */
const RECONNECT_DELAY_MS = 150

export interface RedisConnectionOptions extends RedisAddress {
  readonly clock: Clock
  /** Makes a new connection ready for use; until it is done, the link is down. */
  readonly prepare: (client: RedisClient) => Promise<void>
  /** The connection can be used, or can't be any more. */
  readonly onConnectionChange: (up: boolean) => void
  readonly report: (error: unknown) => void
}

/**
 * One connection to Redis that is opened again, for as long as it takes, whenever it broke or did not answer in time:
 * a Redis that stands still, and a cable that was cut, say nothing.
 */
export class RedisConnection {
  readonly #options: RedisConnectionOptions
  #client: RedisClient | undefined
  // How many answers there were.
  #replyCount = 0
  #closed = false
  // What was reported last of this outage: attempts come some times a second.
  #lastReported = ''
  #stopTimer: Undo = () => {}

  private constructor(options: RedisConnectionOptions) {
    this.#options = options
  }

  /** @throws what the first attempt met */
  static async open(options: RedisConnectionOptions): Promise<RedisConnection> {
    const link = new RedisConnection(options)
    await link.#connect(FIRST_CONNECT_TIMEOUT_MS)
    return link
  }

  get up(): boolean {
    return this.#client !== undefined
  }

  /** @throws Refusal `busy` when there is no answer in time; what was asked may have happened all the same */
  async execute<Answer>(question: (client: RedisClient) => Promise<Answer>): Promise<Answer> {
    const client = this.#client
    if (!client) throw redisUnavailable()
    return this.#withTimeout(client, question(client), REPLY_TIMEOUT_MS)
  }

  close(): void {
    this.#closed = true
    this.#drop(this.#client)
    this.#stopTimer()
  }

  async #connect(patience = PREPARE_TIMEOUT_MS): Promise<void> {
    const client = createRedisClient(this.#options)
    let failure: unknown
    client.on('error', (error) => {
      failure = error
      this.#drop(client)
    })
    try {
      await this.#withTimeout(client, client.connect(), patience)
      await this.#withTimeout(client, this.#options.prepare(client), patience)
      if (!client.isReady) throw failure ?? redisUnavailable()
    } catch (error) {
      client.destroy()
      throw error
    }
    if (this.#closed) return client.destroy()
    this.#client = client
    this.#lastReported = ''
    this.#options.onConnectionChange(true)
    this.#schedulePing(client)
  }

  async #withTimeout<Answer>(client: RedisClient, answer: Promise<Answer>, ms: number): Promise<Answer> {
    const before = this.#replyCount
    const count = () => {
      this.#replyCount++
    }
    // Also what comes too late for whoever asked.
    answer.then(count, count)
    let late: NodeJS.Timeout | undefined
    let tooLate: NodeJS.Immediate | undefined
    const never = new Promise<never>((_resolve, reject) => {
      late = setTimeout(() => {
        // A process that was busy itself has yet to read what came in time.
        tooLate = setImmediate(() => {
          reject(redisUnavailable())
          // One that answers others is slow, and its answers would be lost with the connection.
          if (this.#replyCount === before) this.#drop(client)
        })
      }, ms)
    })
    try {
      return await Promise.race([answer, never])
    } finally {
      clearTimeout(late)
      clearImmediate(tooLate)
    }
  }

  #schedulePing(client: RedisClient): void {
    this.#stopTimer = this.#options.clock.after(PING_INTERVAL_MS, () => {
      this.execute((asked) => asked.sendCommand(['PING']))
        .catch((error) => {
          // Too late, and then it was dropped where nothing else was answered either; or its disk is full, of which it tells
          // whoever only asks whether it lives.
          if (!(error instanceof Refusal || isFullRefusal(toRefusal(error)))) this.#drop(client)
        })
        .finally(() => {
          if (this.#client === client) this.#schedulePing(client)
        })
    })
  }

  #drop(client: RedisClient | undefined): void {
    if (!client || client !== this.#client) return
    this.#client = undefined
    client.destroy()
    this.#options.onConnectionChange(false)
    this.#reconnect()
  }

  #reportOnce(error: unknown): void {
    const what = String(error)
    if (what === this.#lastReported) return
    this.#lastReported = what
    this.#options.report(error)
  }

  #reconnect(): void {
    if (this.#closed) return
    this.#stopTimer()
    this.#stopTimer = this.#options.clock.after(RECONNECT_DELAY_MS * (1 + Math.random()), () => {
      this.#connect().catch((error) => {
        this.#reportOnce(error)
        this.#reconnect()
      })
    })
  }
}
