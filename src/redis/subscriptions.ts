import type { Clock, Undo } from '../chat/ports/clock.ts'
import type { RedisAddress, RedisClient } from './client.ts'
import { Link } from './link.ts'
import { troubleWith } from './trouble.ts'

/** Channels that are named in one command when all are heard again. */
const CHANNELS_AT_ONCE = 500

type Listener = (text: string) => void

export interface SubscriptionsOptions extends RedisAddress {
  readonly clock: Clock
  /** Nothing is heard any more; or all is heard again, and what was published meanwhile is lost. */
  readonly changed: (up: boolean) => void
  readonly report: (error: unknown) => void
}

/** What is published on sharded channels. One channel is heard once, however many listen to it here. */
export class Subscriptions {
  readonly #report: (error: unknown) => void
  readonly #listeners = new Map<string, Set<Listener>>()
  // Redis must have let a channel go before it is asked for it again.
  readonly #leaving = new Map<string, Promise<void>>()
  #link: Link | undefined

  private constructor(report: (error: unknown) => void) {
    this.#report = report
  }

  static async open(options: SubscriptionsOptions): Promise<Subscriptions> {
    const subscriptions = new Subscriptions(options.report)
    subscriptions.#link = await Link.open({
      ...options,
      prepare: (client) => subscriptions.#hearAll(client),
    })
    return subscriptions
  }

  get up(): boolean {
    return this.#link?.up ?? false
  }

  /** @throws Refusal `busy` when Redis can't be reached */
  async hear(channel: string, listener: Listener): Promise<Undo> {
    await this.#leaving.get(channel)
    const others = this.#listeners.get(channel)
    const listeners = others ?? new Set()
    this.#listeners.set(channel, listeners.add(listener))
    const undo = () => {
      if (!listeners.delete(listener) || listeners.size > 0) return
      if (this.#listeners.get(channel) !== listeners) return
      this.#listeners.delete(channel)
      this.#leave(channel)
    }
    try {
      // Also where another listens already: that subscribing may still be under way.
      await this.#link?.ask((client) => client.sSubscribe(channel, this.#take))
      return undo
    } catch (error) {
      undo()
      throw troubleWith(error)
    }
  }

  close(): void {
    this.#listeners.clear()
    this.#link?.close()
  }

  #leave(channel: string): void {
    if (!this.#link?.up) return
    const left = this.#link
      .ask((client) => client.sUnsubscribe(channel, this.#take))
      // A connection that broke hears nothing any more.
      .catch(() => {})
      .finally(() => this.#leaving.delete(channel))
    this.#leaving.set(channel, left)
  }

  async #hearAll(client: RedisClient): Promise<void> {
    const channels = [...this.#listeners.keys()]
    for (let first = 0; first < channels.length; first += CHANNELS_AT_ONCE)
      await client.sSubscribe(channels.slice(first, first + CHANNELS_AT_ONCE), this.#take)
  }

  readonly #take = (text: string, channel: string): void => {
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
