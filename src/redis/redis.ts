import { randomUUID } from 'node:crypto'
import type { Clock, Undo } from '../chat/ports/clock.ts'
import { Refusal } from '../chat/refusal.ts'
import type { RedisAddress, RedisClient } from './client.ts'
import { RedisConnection } from './connection.ts'
import { CONTINUITY_INTERVAL_MS, CONTINUITY_KEY, RECORD_CONTINUITY } from './continuity.ts'
import { inspectServer, type RedisServerInfo } from './inspect-server.ts'
import { RedisKeys } from './keys.ts'
import { toRefusal } from './refusals.ts'
import type { Script } from './script.ts'
import { RedisClock, STALE_REPLY } from './time.ts'

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
  readonly #clock: Clock
  readonly #report: (error: unknown) => void
  readonly #redisClock: RedisClock
  readonly #connectionListeners = new Set<(up: boolean) => void>()
  #connection: RedisConnection | undefined
  #server: RedisServerInfo = { continuityId: '', run: undefined, persistent: false }
  #synchronizing = false
  #stopTimer: Undo = () => {}
  #closed = false

  private constructor({ prefix, clock, url, ca, report }: RedisOptions) {
    this.address = { url, ca }
    this.keys = new RedisKeys(prefix)
    this.#clock = clock
    this.#report = report
    this.#redisClock = new RedisClock(clock)
  }

  /** @throws UnusableRedis */
  static async open(options: RedisOptions): Promise<Redis> {
    const redis = new Redis(options)
    redis.#connection = await RedisConnection.open({
      ...options,
      prepare: async (client) => {
        redis.#server = await inspectServer(client, redis.keys, redis.#redisClock)
        await redis.#recordContinuity(client)
        redis.#scheduleUpkeep()
      },
      onConnectionChange: (up) => {
        for (const watcher of redis.#connectionListeners) watcher(up)
      },
    })
    return redis
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
    return this.#server.continuityId
  }

  /** Whether data outlives the process of Redis. */
  get persistent(): boolean {
    return this.#server.persistent
  }

  get up(): boolean {
    return this.#connection?.up ?? false
  }

  /** Calls the watcher when Redis can no longer be reached, and when it can be again. */
  onConnectionChange(watcher: (up: boolean) => void): Undo {
    this.#connectionListeners.add(watcher)
    return () => this.#connectionListeners.delete(watcher)
  }

  command(...args: readonly string[]): Promise<unknown> {
    return this.#execute((client) => client.sendCommand(args))
  }

  /** @param keys all of one room, or one global key */
  async run(script: Script, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown> {
    const reply = await this.#execute((client) => evaluate(client, script, keys, args))
    // The reply came in time, so the clocks disagree: that of Redis was set, or this machine slept.
    if (Array.isArray(reply) && reply[0] === STALE_REPLY) this.#synchronizeClock()
    return reply
  }

  close(): void {
    this.#closed = true
    this.#stopTimer()
    this.#connectionListeners.clear()
    this.#connection?.close()
  }

  // Records that the data is in use, and learns whether Redis may have lost any of it.
  async #recordContinuity(client: RedisClient): Promise<void> {
    const { run } = this.#server
    if (!run) return
    const args = [run.id, run.started, randomUUID()]
    const continuityId = await evaluate(client, RECORD_CONTINUITY, [this.keys.global(CONTINUITY_KEY)], args)
    this.#server = { ...this.#server, continuityId: String(continuityId) }
  }

  // Clocks drift, and `elapsed()` stands still while the machine sleeps.
  #synchronizeClock(): void {
    if (this.#synchronizing) return
    this.#synchronizing = true
    this.#execute((client) => this.#redisClock.synchronize(client))
      .catch(this.#reportUnlessAway)
      .finally(() => {
        this.#synchronizing = false
      })
  }

  #scheduleUpkeep(): void {
    this.#stopTimer()
    this.#stopTimer = this.#clock.after(CONTINUITY_INTERVAL_MS, () => {
      this.#synchronizeClock()
      this.#execute((client) => this.#recordContinuity(client))
        .catch(this.#reportUnlessAway)
        .finally(() => {
          if (!this.#closed) this.#scheduleUpkeep()
        })
    })
  }

  // While Redis is away there is nothing to report: `prepare` repeats both steps when it is back.
  readonly #reportUnlessAway = (error: unknown): void => {
    if (!(error instanceof Refusal)) this.#report(error)
  }

  async #execute(operation: (client: RedisClient) => Promise<unknown>): Promise<unknown> {
    try {
      if (!this.#connection) throw new Error('Redis is not open')
      return await this.#connection.execute(operation)
    } catch (error) {
      throw toRefusal(error)
    }
  }
}

async function evaluate(
  client: RedisClient,
  { lua, sha }: Script,
  keys: readonly string[],
  args: readonly (string | number)[],
): Promise<unknown> {
  const rest = [String(keys.length), ...keys, ...args.map(String)]
  try {
    return await client.sendCommand(['EVALSHA', sha, ...rest])
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error
    return await client.sendCommand(['EVAL', lua, ...rest])
  }
}
