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
  /** Begins every key and every channel. */
  readonly prefix: string
  readonly clock: Clock
  readonly report: (error: unknown) => void
}

/** Commands and scripts in Redis. All throw Refusal `busy` while it is away, and `full` when it takes nothing more. */
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

  /** Milliseconds since 1970 by the clock of Redis, which is the same for every process. */
  now(): number {
    return this.#redisClock.now()
  }

  /**
   * Names the time since which Redis has lost nothing that it answered as done. Where it is not the one under which a
   * room was numbered last, the room goes on in a new epoch.
   */
  get continuityId(): string {
    return this.#server.continuityId
  }

  /** Whether what is stored outlives its process. */
  get persistent(): boolean {
    return this.#server.persistent
  }

  get up(): boolean {
    return this.#connection?.up ?? false
  }

  /** Tells when Redis can be reached no more, and when it can again. */
  onConnectionChange(watcher: (up: boolean) => void): Undo {
    this.#connectionListeners.add(watcher)
    return () => this.#connectionListeners.delete(watcher)
  }

  command(...words: readonly string[]): Promise<unknown> {
    return this.#execute((client) => client.sendCommand(words))
  }

  /** @param keys of one room, or one that stands alone */
  async run(script: Script, keys: readonly string[], words: readonly (string | number)[]): Promise<unknown> {
    const reply = await this.#execute((client) => evaluate(client, script, keys, words))
    // Answered in time, and not of this time: Redis's clock was set, or this machine slept.
    if (Array.isArray(reply) && reply[0] === STALE_REPLY) this.#synchronizeClock()
    return reply
  }

  close(): void {
    this.#closed = true
    this.#stopTimer()
    this.#connectionListeners.clear()
    this.#connection?.close()
  }

  // Says from time to time that the data is in use, and learns whether it goes on where it stood.
  async #recordContinuity(client: RedisClient): Promise<void> {
    const { run } = this.#server
    if (!run) return
    const words = [run.id, run.started, randomUUID()]
    const history = await evaluate(client, RECORD_CONTINUITY, [this.keys.global(CONTINUITY_KEY)], words)
    this.#server = { ...this.#server, continuityId: String(history) }
  }

  // Clocks run fast or slow, and no time elapses here while the machine sleeps.
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

  // When it is back, its time is measured, and that it is in use is said.
  readonly #reportUnlessAway = (error: unknown): void => {
    if (!(error instanceof Refusal)) this.#report(error)
  }

  async #execute(question: (client: RedisClient) => Promise<unknown>): Promise<unknown> {
    try {
      if (!this.#connection) throw new Error('Redis is not open')
      return await this.#connection.execute(question)
    } catch (error) {
      throw toRefusal(error)
    }
  }
}

async function evaluate(
  client: RedisClient,
  { lua, sha }: Script,
  keys: readonly string[],
  words: readonly (string | number)[],
): Promise<unknown> {
  const rest = [String(keys.length), ...keys, ...words.map(String)]
  try {
    return await client.sendCommand(['EVALSHA', sha, ...rest])
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error
    return await client.sendCommand(['EVAL', lua, ...rest])
  }
}
