import type { Clock, Undo } from '../chat/ports/clock.ts'
import type { RedisAddress, RedisClient } from './client.ts'
import { RedisConnection } from './connection.ts'
import { toRefusal } from './refusals.ts'

/** Channels that are named in one command when all are heard again. */
const CHANNELS_AT_ONCE = 500

type Listener = (text: string) => void

export interface SubscriptionsOptions extends RedisAddress {
  readonly clock: Clock
  /** Nothing is heard any more; or all is heard again, and what was published meanwhile is lost. */
  readonly onConnectionChange: (up: boolean) => void
  readonly report: (error: unknown) => void
}

/** What is published on sharded channels. One channel is heard once, however many listen to it here. */
export class Subscriptions {
  readonly #report: (error: unknown) => void
  readonly #listeners = new Map<string, Set<Listener>>()
  // Redis must have let a channel go before it is asked for it again.
  readonly #unsubscribing = new Map<string, Promise<void>>()
  #connection: RedisConnection | undefined

  private constructor(report: (error: unknown) => void) {
    this.#report = report
  }

  static async open(options: SubscriptionsOptions): Promise<Subscriptions> {
    const subscriptions = new Subscriptions(options.report)
    subscriptions.#connection = await RedisConnection.open({
      ...options,
      prepare: (client) => subscriptions.#resubscribeAll(client),
    })
    return subscriptions
  }

  get up(): boolean {
    return this.#connection?.up ?? false
  }

  /** @throws Refusal `busy` when Redis can't be reached */
  async subscribe(channel: string, listener: Listener): Promise<Undo> {
    await this.#unsubscribing.get(channel)
    const others = this.#listeners.get(channel)
    const listeners = others ?? new Set()
    this.#listeners.set(channel, listeners.add(listener))
    const undo = () => {
      if (!listeners.delete(listener) || listeners.size > 0) return
      if (this.#listeners.get(channel) !== listeners) return
      this.#listeners.delete(channel)
      this.#unsubscribe(channel)
    }
    try {
      // Also where another listens already: that subscribing may still be under way.
      await this.#connection?.execute((client) => client.sSubscribe(channel, this.#dispatch))
      return undo
    } catch (error) {
      undo()
      throw toRefusal(error)
    }
  }

  close(): void {
    this.#listeners.clear()
    this.#connection?.close()
  }

  #unsubscribe(channel: string): void {
    if (!this.#connection?.up) return
    const left = this.#connection
      .execute((client) => client.sUnsubscribe(channel, this.#dispatch))
      // A connection that broke hears nothing any more.
      .catch(() => {})
      .finally(() => this.#unsubscribing.delete(channel))
    this.#unsubscribing.set(channel, left)
  }

  async #resubscribeAll(client: RedisClient): Promise<void> {
    const channels = [...this.#listeners.keys()]
    for (let first = 0; first < channels.length; first += CHANNELS_AT_ONCE)
      await client.sSubscribe(channels.slice(first, first + CHANNELS_AT_ONCE), this.#dispatch)
  }

  readonly #dispatch = (text: string, channel: string): void => {
    for (const listener of this.#listeners.get(channel) ?? []) {
      try {
        listener(text)
      } catch (error) {
        // The client would drop what else came with it.
        this.#report(error)
      }
    }
  }
}
