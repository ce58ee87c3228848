import { randomUUID } from 'node:crypto'
import type { Clock, Undo } from '../chat/ports.ts'
import type { RedisAddress, RedisClient } from './client.ts'
import { CONTINUE, CONTINUITY, NOTE_MS } from './continuity.ts'
import { assertFit, type Server } from './fitness.ts'
import { RedisKeys } from './keys.ts'
import { Link } from './link.ts'
import type { Script } from './script.ts'
import { troubleWith } from './trouble.ts'

/** What scripts say that were asked too long ago: see `numbering.ts`. */
const LATE = 'late'

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
  readonly #watchers = new Set<(up: boolean) => void>()
  #link: Link | undefined
  #server: Server = { history: '', run: undefined, ahead: 0, lasting: false }
  #stopNoting: Undo = () => {}
  #closed = false

  private constructor({ prefix, clock, url, ca }: RedisOptions) {
    this.address = { url, ca }
    this.keys = new RedisKeys(prefix)
    this.#clock = clock
  }

  /** @throws UnusableRedis */
  static async open(options: RedisOptions): Promise<Redis> {
    const redis = new Redis(options)
    redis.#link = await Link.open({
      ...options,
      prepare: async (client) => {
        redis.#server = await assertFit(client, redis.keys, options.clock)
        await redis.#noteUse(client)
      },
      changed: (up) => {
        for (const watcher of redis.#watchers) watcher(up)
      },
    })
    return redis
  }

  /** Milliseconds since 1970 by the clock of Redis, which is the same for every process. */
  now(): number {
    return Math.floor(this.#clock.now() + this.#server.ahead)
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
    // Late by the clock of Redis, and here all the same: one of the clocks was set. It is compared anew.
    if (Array.isArray(reply) && reply[0] === LATE) this.#link?.renew()
    return reply
  }

  close(): void {
    this.#closed = true
    this.#stopNoting()
    this.#watchers.clear()
    this.#link?.close()
  }

  // Says from time to time that the data is in use, and learns whether it goes on where it stood.
  async #noteUse(client: RedisClient): Promise<void> {
    const { run } = this.#server
    if (!run) return
    const words = [run.id, run.started, this.now(), randomUUID()]
    const history = await evaluate(client, CONTINUE, [this.keys.global(CONTINUITY)], words)
    this.#server = { ...this.#server, history: String(history) }
    this.#noteLater()
  }

  #noteLater(): void {
    this.#stopNoting()
    this.#stopNoting = this.#clock.after(NOTE_MS, () => {
      this.#ask((client) => this.#noteUse(client)).catch(() => {
        if (!this.#closed) this.#noteLater()
      })
    })
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
