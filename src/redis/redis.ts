import { randomBytes } from 'node:crypto'
import type { Clock, Undo } from '../chat/ports/clock.ts'
import { Refusal } from '../chat/refusal.ts'
import type { RedisAddress, RedisClient } from './client.ts'
import { REPLY_TIMEOUT_MS, RedisConnection } from './connection.ts'
import { CONTINUITY_INTERVAL_MS, CONTINUITY_KEY, RECORD_CONTINUITY, UNSTORED_RETRY_MS } from './continuity.ts'
import { assertSamePrimary, inspectServer, type RedisServerInfo, readServerRun } from './inspect-server.ts'
import { RedisKeys } from './keys.ts'
import { PrimaryFinder } from './primary-finder.ts'
import { toRefusal } from './refusals.ts'
import { RequestDeadlines } from './request-deadlines.ts'
import type { Script } from './script.ts'
import { parseSentinelUrl } from './sentinel-address.ts'
import { RedisClock, STALE_REPLY } from './time.ts'
import { UnusablePrimary } from './unusable-primary.ts'
import { UnusableRedis } from './unusable-redis.ts'

/** Random bytes of a continuity id: two processes may begin a history in the same millisecond. */
const TOKEN_BYTES = 9

export interface RedisOptions extends RedisAddress {
  /** Begins every key and channel. */
  readonly prefix: string
  readonly clock: Clock
  readonly report: (error: unknown) => void
}

/** Runs commands and scripts. Both throw Refusal `busy` while Redis is away and `full` while it has no space. */
export class Redis {
  readonly keys: RedisKeys
  readonly address: RedisAddress
  /** The deadlines of the requests that commands and scripts belong to. */
  readonly deadlines = new RequestDeadlines(REPLY_TIMEOUT_MS)
  readonly #clock: Clock
  readonly #report: (error: unknown) => void
  readonly #redisClock: RedisClock
  readonly #pingListeners = new Set<() => void>()
  readonly #connectionListeners = new Set<(up: boolean) => void>()
  readonly #finder: PrimaryFinder | undefined
  #connection: RedisConnection | undefined
  #server: RedisServerInfo | undefined
  // The last continuity id, how often its record had been renewed, and whether it is stored for all processes.
  #continuity = { id: '', renewals: 0, stored: true }
  #synchronizing = false
  #askingSentinels = false
  #stopTimer: Undo = () => {}
  #closed = false

  private constructor({ prefix, clock, url, ca, report }: RedisOptions) {
    const sentinels = parseSentinelUrl(url)
    const finder = sentinels && new PrimaryFinder(sentinels, ca)
    this.#finder = finder
    this.address = { url, ca, locate: finder && (() => finder.locate()) }
    this.keys = new RedisKeys(prefix)
    this.#clock = clock
    this.#report = report
    this.#redisClock = new RedisClock(clock)
  }

  /** @throws UnusableRedis; UnusablePrimary for another error of a server that sentinels named */
  static async open(options: RedisOptions): Promise<Redis> {
    const redis = new Redis(options)
    try {
      redis.#connection = await redis.#connect(options)
      return redis
    } catch (error) {
      const { found, name } = redis.#finder ?? {}
      redis.close()
      if (!found || !name || error instanceof UnusableRedis) throw error
      throw new UnusablePrimary(found, name, { cause: error })
    }
  }

  #connect(options: RedisOptions): Promise<RedisConnection> {
    return RedisConnection.open({
      ...options,
      ...this.address,
      prepare: async (client) => {
        this.#server = await inspectServer(client, this.keys, this.#redisClock)
        await this.#recordContinuity(client, this.#server)
        this.#scheduleUpkeep()
      },
      verify: async (client) => {
        // At once: together they may take no longer than one reply of a slow Redis.
        await Promise.all([this.#verifyServer(client), this.#followContinuity(client)])
        for (const listener of this.#pingListeners) listener()
        void this.#leaveFormerPrimary()
      },
      onConnectionChange: (up) => {
        for (const watcher of this.#connectionListeners) watcher(up)
      },
    })
  }

  /** Milliseconds since 1970 by the clock of Redis, so that all processes agree on the time. */
  now(): number {
    return this.#redisClock.now()
  }

  /**
   * Changes when Redis may have lost something that it acknowledged. A room whose last event was numbered under another
   * id continues in a new epoch.
   */
  get continuityId(): string {
    return this.#continuity.id
  }

  /** Whether data outlives the process of Redis. */
  get persistent(): boolean {
    return this.#server?.persistent ?? false
  }

  get up(): boolean {
    return this.#connection?.up ?? false
  }

  /** Calls the listener about once a second while Redis can be reached. */
  onPing(listener: () => void): Undo {
    this.#pingListeners.add(listener)
    return () => this.#pingListeners.delete(listener)
  }

  /** Calls the watcher when Redis can no longer be reached, and when it can be again. */
  onConnectionChange(watcher: (up: boolean) => void): Undo {
    this.#connectionListeners.add(watcher)
    return () => this.#connectionListeners.delete(watcher)
  }

  /**
   * Checks that a connection, of its own too, leads to the server that this one uses, and that it still takes writes.
   * @throws UnusableRedis
   */
  async assertSameServer(client: RedisClient): Promise<void> {
    if (this.#server) await assertSamePrimary(client, this.#server.run)
  }

  async #verifyServer(client: RedisClient): Promise<void> {
    if (!this.#server || (await assertSamePrimary(client, this.#server.run)) === 'same') return
    this.#renewContinuity().catch(this.#reportUnlessAway)
  }

  command(...args: readonly string[]): Promise<unknown> {
    return this.#execute((client) => client.sendCommand(args))
  }

  /** @param keys all of one room, or one global key */
  async run(script: Script, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown> {
    // Two steps, each with its own time limit: a slow Redis that has to be sent the script counts as away otherwise.
    const reply = await evaluate((words) => this.command(...words), script, keys, args)
    // The reply came in time, so the clocks disagree: that of Redis was set, or this machine slept.
    if (Array.isArray(reply) && reply[0] === STALE_REPLY) void this.#synchronizeClock()
    return reply
  }

  close(): void {
    this.#closed = true
    this.#stopTimer()
    this.#connectionListeners.clear()
    this.#pingListeners.clear()
    this.#connection?.close()
    this.#finder?.close()
  }

  // Records that the data is in use, and learns whether Redis may have lost any of it.
  async #recordContinuity(client: RedisClient, { run }: RedisServerInfo): Promise<void> {
    const { id, renewals } = this.#continuity
    const flags = [run.wasReplica, run.remembersRole, run.syncsEachWrite, run.hasReplicas].map(Number)
    const token = randomBytes(TOKEN_BYTES).toString('base64url')
    const args = [run.id, run.replicationId, run.started, ...flags, token, id, renewals]
    const reply = await evaluate(
      (words) => client.sendCommand(words),
      RECORD_CONTINUITY,
      [this.keys.global(CONTINUITY_KEY)],
      args,
    )
    const [newId, newRenewals, stored] = reply as [string, number, number]
    this.#continuity = { id: newId, renewals: newRenewals, stored: stored === 1 }
  }

  // A primary that sentinels can't reach goes on without knowing that another one took its place.
  async #leaveFormerPrimary(): Promise<void> {
    if (!this.#finder || this.#askingSentinels) return
    this.#askingSentinels = true
    const isCurrent = await this.#finder.isCurrent()
    this.#askingSentinels = false
    if (!isCurrent && !this.#closed)
      this.#connection?.reconnect(new UnusableRedis('The sentinels name another primary now.'))
  }

  // Another process has begun a new history, or Redis was emptied.
  async #followContinuity(client: RedisClient): Promise<void> {
    const { id, stored } = this.#continuity
    const recorded = await client.sendCommand(['HGET', this.keys.global(CONTINUITY_KEY), 'history'])
    if (stored && String(recorded) !== id) this.#renewContinuity().catch(this.#reportUnlessAway)
  }

  // The settings of the server, and whether it has replicas, may have changed. Two steps, each with its own time limit.
  async #renewContinuity(): Promise<void> {
    const run = await this.#execute((client) => readServerRun(client, this.#redisClock))
    if (!this.#server) return
    const server = { ...this.#server, run }
    this.#server = server
    await this.#execute((client) => this.#recordContinuity(client, server))
  }

  // Clocks drift, and `elapsed()` stands still while the machine sleeps.
  async #synchronizeClock(): Promise<void> {
    if (this.#synchronizing) return
    this.#synchronizing = true
    await this.#execute((client) => this.#redisClock.synchronize(client)).catch(this.#reportUnlessAway)
    this.#synchronizing = false
  }

  #scheduleUpkeep(): void {
    this.#stopTimer()
    const delay = this.#continuity.stored ? CONTINUITY_INTERVAL_MS : UNSTORED_RETRY_MS
    this.#stopTimer = this.#clock.after(delay, () => {
      void this.#synchronizeClock().finally(() => {
        if (!this.#closed) this.#scheduleUpkeep()
      })
      this.#renewContinuity()
        .catch(this.#reportUnlessAway)
        .finally(() => {
          if (!this.#continuity.stored && !this.#closed) this.#scheduleUpkeep()
        })
    })
  }

  // While Redis is away there is nothing to report: `prepare` repeats both steps when it is back.
  readonly #reportUnlessAway = (error: unknown): void => {
    if (!(error instanceof Refusal)) this.#report(error)
  }

  async #execute<Reply>(operation: (client: RedisClient) => Promise<Reply>): Promise<Reply> {
    try {
      const connection = this.#connection
      if (!connection) throw new Error('Redis is not open')
      return await this.deadlines.ask(() => connection.execute(operation))
    } catch (error) {
      throw toRefusal(error)
    }
  }
}

/** Runs a script, and sends its text only if this Redis does not know it yet. */
async function evaluate(
  send: (words: string[]) => Promise<unknown>,
  { lua, sha }: Script,
  keys: readonly string[],
  args: readonly (string | number)[],
): Promise<unknown> {
  const words = [String(keys.length), ...keys, ...args.map(String)]
  try {
    return await send(['EVALSHA', sha, ...words])
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error
    return send(['EVAL', lua, ...words])
  }
}
