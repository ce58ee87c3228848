import { randomUUID } from 'node:crypto'
import type { Clock, Undo } from '../chat/ports/clock.ts'
import { Refusal } from '../chat/refusal.ts'
import type { RedisAddress, RedisClient } from './client.ts'
import { CONTINUE, CONTINUITY, NOTE_MS } from './continuity.ts'
import { assertFit, type Server } from './fitness.ts'
import { RedisKeys } from './keys.ts'
import { Link } from './link.ts'
import type { Script } from './script.ts'
import { RedisTime, UNTIMELY } from './time.ts'
import { troubleWith } from './trouble.ts'

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
  readonly #time: RedisTime
  readonly #watchers = new Set<(up: boolean) => void>()
  #link: Link | undefined
  #server: Server = { history: '', run: undefined, lasting: false }
  #measuring = false
  #stopLooking: Undo = () => {}
  #closed = false

  private constructor({ prefix, clock, url, ca, report }: RedisOptions) {
    this.address = { url, ca }
    this.keys = new RedisKeys(prefix)
    this.#clock = clock
    this.#report = report
    this.#time = new RedisTime(clock)
  }

  /** @throws UnusableRedis */
  static async open(options: RedisOptions): Promise<Redis> {
    const redis = new Redis(options)
    redis.#link = await Link.open({
      ...options,
      prepare: async (client) => {
        redis.#server = await assertFit(client, redis.keys, redis.#time)
        await redis.#noteUse(client)
        redis.#lookLater()
      },
      changed: (up) => {
        for (const watcher of redis.#watchers) watcher(up)
      },
    })
    return redis
  }

  /** Milliseconds since 1970 by the clock of Redis, which is the same for every process. */
  now(): number {
    return this.#time.now()
  }

  /**
   * Names the time since which Redis has lost nothing that it answered as done. Where it is not the one under which a
   * room was numbered last, the room goes on in a new epoch.
   */
  get history(): string {
    return this.#server.history
  }

  /** Whether what is stored outlives its process. */
  get lasting(): boolean {
    return this.#server.lasting
  }

  get up(): boolean {
    return this.#link?.up ?? false
  }

  /** Tells when Redis can be reached no more, and when it can again. */
  watch(watcher: (up: boolean) => void): Undo {
    this.#watchers.add(watcher)
    return () => this.#watchers.delete(watcher)
  }

  command(...words: readonly string[]): Promise<unknown> {
    return this.#ask((client) => client.sendCommand(words))
  }

  /** @param keys of one room, or one that stands alone */
  async run(script: Script, keys: readonly string[], words: readonly (string | number)[]): Promise<unknown> {
    const reply = await this.#ask((client) => evaluate(client, script, keys, words))
    // Answered in time, and not of this time: Redis's clock was set, or this machine slept.
    if (Array.isArray(reply) && reply[0] === UNTIMELY) this.#measureSoon()
    return reply
  }

  close(): void {
    this.#closed = true
    this.#stopLooking()
    this.#watchers.clear()
    this.#link?.close()
  }

  // Says from time to time that the data is in use, and learns whether it goes on where it stood.
  async #noteUse(client: RedisClient): Promise<void> {
    const { run } = this.#server
    if (!run) return
    const words = [run.id, run.started, randomUUID()]
    const history = await evaluate(client, CONTINUE, [this.keys.global(CONTINUITY)], words)
    this.#server = { ...this.#server, history: String(history) }
  }

  // Clocks run fast or slow, and no time elapses here while the machine sleeps.
  #measureSoon(): void {
    if (this.#measuring) return
    this.#measuring = true
    this.#ask((client) => this.#time.measure(client))
      .catch(this.#reportUnlessAway)
      .finally(() => {
        this.#measuring = false
      })
  }

  #lookLater(): void {
    this.#stopLooking()
    this.#stopLooking = this.#clock.after(NOTE_MS, () => {
      this.#measureSoon()
      this.#ask((client) => this.#noteUse(client))
        .catch(this.#reportUnlessAway)
        .finally(() => {
          if (!this.#closed) this.#lookLater()
        })
    })
  }

  // When it is back, its time is measured, and that it is in use is said.
  readonly #reportUnlessAway = (error: unknown): void => {
    if (!(error instanceof Refusal)) this.#report(error)
  }

  async #ask(question: (client: RedisClient) => Promise<unknown>): Promise<unknown> {
    try {
      if (!this.#link) throw new Error('Redis is not open')
      return await this.#link.ask(question)
    } catch (error) {
      throw troubleWith(error)
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
