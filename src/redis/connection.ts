import { ErrorReply } from '@redis/client'
import type { Clock, Undo } from '../chat/ports/clock.ts'
import { Refusal } from '../chat/refusal.ts'
import { createRedisClient, type RedisAddress, type RedisClient } from './client.ts'
import { isFullRefusal, isUnusable, redisUnavailable, toRefusal } from './refusals.ts'

/** How long Redis may take to reply before it counts as away: posts are refused within a second (P7). */
export const REPLY_TIMEOUT_MS = 800

/** Time limit for preparing a connection: a process may have to subscribe again to tens of thousands of channels. */
const PREPARE_TIMEOUT_MS = 5_000

/** The same for the first connection, because the start waits for it. */
const FIRST_CONNECT_TIMEOUT_MS = 1_500

/**
 * How long a server may take to reply to the first command of a connection. A balancer accepts connections while Redis
 * is away, and says nothing: waiting longer would delay the recovery.
 */
const FIRST_REPLY_TIMEOUT_MS = 1_000

/** Interval of pings, which notice a dead connection even when nothing else is sent. */
const PING_INTERVAL_MS = 1_000

/** Delay of the next attempt to connect, plus up to as much at random: many processes must not reconnect at once. */
const RECONNECT_DELAY_MS = 150

export interface RedisConnectionOptions extends RedisAddress {
  readonly clock: Clock
  /** Makes a new connection ready for use. The connection counts as down until it resolves. */
  readonly prepare: (client: RedisClient) => Promise<void>
  /** Checks with each ping that the connection can still be used: it is dropped if this rejects. */
  readonly verify: (client: RedisClient) => Promise<void>
  /** Called when the connection can be used, and when it no longer can. */
  readonly onConnectionChange: (up: boolean) => void
  readonly report: (error: unknown) => void
}

/**
 * A connection to Redis that reconnects without limit when it breaks or gets no reply in time. The time limit is
 * needed: neither a Redis that hangs nor a cut cable causes an error.
 */
export class RedisConnection {
  readonly #options: RedisConnectionOptions
  #client: RedisClient | undefined
  // Replies received so far.
  #replyCount = 0
  #closed = false
  // The last error reported in this outage. Attempts come several times a second; each error is reported once.
  #lastReported = ''
  #stopTimer: Undo = () => {}

  private constructor(options: RedisConnectionOptions) {
    this.#options = options
  }

  /** @throws the error of the first attempt to connect */
  static async open(options: RedisConnectionOptions): Promise<RedisConnection> {
    const connection = new RedisConnection(options)
    await connection.#connect(FIRST_CONNECT_TIMEOUT_MS)
    return connection
  }

  get up(): boolean {
    return this.#client !== undefined
  }

  /**
   * Runs an operation on the connection.
   * @throws Refusal `busy` if there is no reply in time. Redis may have executed the operation all the same.
   */
  async execute<Reply>(operation: (client: RedisClient) => Promise<Reply>): Promise<Reply> {
    const client = this.#client
    if (!client) throw redisUnavailable()
    try {
      return await this.#withTimeout(client, operation(client), REPLY_TIMEOUT_MS)
    } catch (error) {
      // Redis is as good as away until it can be used again: reconnecting tries that, and readers are told.
      if (isUnusable(error)) this.#drop(client, error)
      throw error
    }
  }

  /** Leaves the server that is used now, and connects again. */
  reconnect(reason: unknown): void {
    this.#drop(this.#client, reason)
  }

  /** Checks at once that the connection can still be used, instead of with the next ping. */
  verifyNow(): void {
    const client = this.#client
    if (client) this.execute(this.#options.verify).catch((error) => this.#dropUnlessRefused(client, error))
  }

  close(): void {
    this.#closed = true
    this.#drop(this.#client)
    this.#stopTimer()
  }

  async #connect(timeoutMs = PREPARE_TIMEOUT_MS): Promise<void> {
    const { ca, locate = async () => this.#options.url } = this.#options
    const client = createRedisClient({ url: await locate(), ca })
    let failure: unknown
    client.on('error', (error) => {
      failure = error
      this.#drop(client)
    })
    try {
      const connecting = client.connect()
      const silent = new Promise<never>((_resolve, reject) => {
        client.on('connect', () => {
          this.#withTimeout(client, connecting, FIRST_REPLY_TIMEOUT_MS).catch(reject)
        })
      })
      await Promise.race([this.#withTimeout(client, connecting, timeoutMs), silent])
      await this.#withTimeout(client, this.#options.prepare(client), timeoutMs)
      if (!client.isReady) throw failure ?? redisUnavailable()
    } catch (error) {
      client.destroy()
      throw withoutArguments(error)
    }
    if (this.#closed) return client.destroy()
    this.#client = client
    this.#lastReported = ''
    this.#options.onConnectionChange(true)
    this.#schedulePing(client)
  }

  async #withTimeout<Reply>(client: RedisClient, reply: Promise<Reply>, ms: number): Promise<Reply> {
    const before = this.#replyCount
    const count = () => {
      this.#replyCount++
    }
    // Counts late replies too, after their callers gave up.
    reply.then(count, count)
    let timer: NodeJS.Timeout | undefined
    let immediate: NodeJS.Immediate | undefined
    const timeout = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        // If this process was busy itself, replies that came in time are read first.
        immediate = setImmediate(() => {
          reject(redisUnavailable())
          // If other replies came, Redis is only slow. Dropping the connection would lose the replies still to come.
          if (this.#replyCount === before) this.#drop(client)
        })
      }, ms)
    })
    try {
      return await Promise.race([reply, timeout])
    } finally {
      clearTimeout(timer)
      clearImmediate(immediate)
    }
  }

  #schedulePing(client: RedisClient): void {
    this.#stopTimer = this.#options.clock.after(PING_INTERVAL_MS, () => {
      this.execute((connected) => connected.sendCommand(['PING']))
        .catch((error) => {
          if (!isFullRefusal(toRefusal(error))) throw error
        })
        .then(() => this.execute(this.#options.verify))
        .catch((error) => this.#dropUnlessRefused(client, error))
        .finally(() => {
          if (this.#client === client) this.#schedulePing(client)
        })
    })
  }

  // A refusal means a timeout: `#withTimeout` has dropped the connection if necessary. A Redis with a full disk refuses
  // even PING, but it is not away.
  #dropUnlessRefused(client: RedisClient, error: unknown): void {
    if (!(error instanceof Refusal)) this.#drop(client, error)
  }

  #drop(client: RedisClient | undefined, reason?: unknown): void {
    if (!client || client !== this.#client) return
    if (reason !== undefined) this.#reportOnce(reason)
    this.#client = undefined
    client.destroy()
    this.#options.onConnectionChange(false)
    this.#reconnect()
  }

  #reportOnce(error: unknown): void {
    const text = String(error)
    if (text === this.#lastReported) return
    this.#lastReported = text
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

// Redis quotes the arguments of a command that it does not know, and HELLO has the password among them.
function withoutArguments(error: unknown): unknown {
  if (!(error instanceof ErrorReply)) return error
  const [message = ''] = error.message.split(', with args beginning with:')
  return message === error.message ? error : new ErrorReply(message)
}
