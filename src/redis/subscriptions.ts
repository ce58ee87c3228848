import type { Clock, Undo } from '../chat/ports/clock.ts'
import type { RedisAddress, RedisClient } from './client.ts'
import { RedisConnection } from './connection.ts'
import { toRefusal } from './refusals.ts'

/** Channels per command when a new connection subscribes to all of them again. */
const CHANNELS_AT_ONCE = 500

type Listener = (text: string) => void

export interface SubscriptionsOptions extends RedisAddress {
  readonly clock: Clock
  /** Checks that a connection still leads to the server where messages are published. */
  readonly verify: (client: RedisClient) => Promise<void>
  /** Called when the subscriptions are lost, and when they are back. Messages published in between are lost. */
  readonly onConnectionChange: (up: boolean) => void
  readonly report: (error: unknown) => void
}

/** Subscriptions to sharded channels: one per channel, however many listeners it has in this process. */
export class Subscriptions {
  readonly #report: (error: unknown) => void
  readonly #listeners = new Map<string, Set<Listener>>()
  // A channel is subscribed to again only after Redis has confirmed that it is unsubscribed.
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

  /** Checks at once that the connection leads to the right server, instead of with the next ping. */
  verifyNow(): void {
    this.#connection?.verifyNow()
  }

  /** @throws Refusal `busy` if Redis can't be reached */
  async subscribe(channel: string, listener: Listener): Promise<Undo> {
    await this.#unsubscribing.get(channel)
    const existing = this.#listeners.get(channel)
    const listeners = existing ?? new Set()
    this.#listeners.set(channel, listeners.add(listener))
    const undo = () => {
      if (!listeners.delete(listener) || listeners.size > 0) return
      if (this.#listeners.get(channel) !== listeners) return
      this.#listeners.delete(channel)
      this.#unsubscribe(channel)
    }
    try {
      // Even if the channel has listeners: their subscription may still be under way.
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
    const done = this.#connection
      .execute((client) => client.sUnsubscribe(channel, this.#dispatch))
      // A broken connection has no subscriptions.
      .catch(() => {})
      .finally(() => this.#unsubscribing.delete(channel))
    this.#unsubscribing.set(channel, done)
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
        // Were it thrown, the client would drop the other messages that it received together with this one.
        this.#report(error)
      }
    }
  }
}
