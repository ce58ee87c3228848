import type { EventId } from '../event.ts'
import { findRoom } from '../find-room.ts'
import { hasSameRetention, type KeptRoom, type Settings } from '../kept-room.ts'
import type { Bus, BusMessage } from '../ports/bus.ts'
import type { Clock, Undo } from '../ports/clock.ts'
import type { Store } from '../ports/store.ts'
import { Refusal } from '../refusal.ts'
import type { Slug } from '../room.ts'
import { Feed } from './feed.ts'
import type { EndReason } from './frames.ts'
import { ReplayWindow } from './replay-window.ts'
import { Sequencer } from './sequencer.ts'
import type { FeedTools } from './subscriber.ts'

/** Rooms that one process follows at once; a feed with an empty window is about a kilobyte. */
export const FEEDS_MAX = 20_000

/** How often feeds that nobody needs are looked for. */
const SWEEP_MS = 10_000

/** Rooms that are looked at together after an outage. */
const RECHECK_BATCH = 100

/** A feed without readers stays this long: those who reconnect, or come from a page just given out, need it. */
const LINGER_MS = 60_000

export interface HubTools<Parcel> extends FeedTools<Parcel> {
  /** Ends the streams of all who read the room here. */
  readonly end: (room: Slug, ending: EndReason) => void
}

interface OpenFeed<Parcel> {
  readonly feed: Feed<Parcel>
  readonly sequencer: Sequencer<Parcel>
  readonly unlisten: Undo
  /** What a kept room keeps, as its readers were told last. */
  announcedSettings: Settings | undefined
}

interface FeedEntry<Parcel> {
  readonly feed: Promise<Feed<Parcel>>
  usedAt: number
  opened: OpenFeed<Parcel> | undefined
}

/** All feeds of this process. */
export class Hub<Parcel> {
  readonly #bus: Bus
  readonly #store: Store
  readonly #clock: Clock
  readonly #tools: HubTools<Parcel>
  readonly #windowMs: number
  readonly #entries = new Map<Slug, FeedEntry<Parcel>>()
  #stopSweeping: Undo

  /** @param windowMs how long a vanishing room remembers for readers who reconnect */
  constructor(bus: Bus, store: Store, clock: Clock, windowMs: number, tools: HubTools<Parcel>) {
    this.#bus = bus
    this.#store = store
    this.#clock = clock
    this.#windowMs = windowMs
    this.#tools = tools
    this.#stopSweeping = clock.after(SWEEP_MS, () => this.#sweep())
  }

  /** How many rooms are followed. */
  get size(): number {
    return this.#entries.size
  }

  /**
   * The room's feed, which listens from now on.
   * @throws Refusal `gone` for a room that was deleted, `busy` when all that this process can follow have readers
   */
  feed(room: Slug): Promise<Feed<Parcel>> {
    const known = this.#entries.get(room)
    if (known) {
      known.usedAt = this.#clock.elapsed()
      return known.feed
    }
    if (this.#entries.size >= FEEDS_MAX && !this.#evictUnread()) {
      return Promise.reject(
        new Refusal('busy', 'Too many rooms are in use just now. Try again in a minute.', 60),
      )
    }
    const entry: FeedEntry<Parcel> = {
      feed: this.#open(room),
      usedAt: this.#clock.elapsed(),
      opened: undefined,
    }
    this.#entries.set(room, entry)
    entry.feed.catch(() => this.#entries.delete(room))
    return entry.feed
  }

  /** The room stands at this id: what its feed lacks before it was lost. */
  advanceTo(room: Slug, id: EventId): void {
    this.#entries.get(room)?.opened?.sequencer.receive({ kind: 'position', id })
  }

  /**
   * Tells all who read anything here that nothing comes any more, or that this is over; then also what became of their
   * rooms meanwhile, for that was said to nobody here.
   */
  announceOutage(over: boolean): void {
    for (const { opened } of this.#entries.values()) opened?.feed.signal({ kind: 'outage', over })
    // Never rejects: what can't be read is looked at when the next outage is over.
    if (over) void this.#recheckRooms()
  }

  close(): void {
    this.#stopSweeping()
    for (const room of this.#entries.keys()) this.#drop(room)
  }

  async #open(room: Slug): Promise<Feed<Parcel>> {
    // Listening begins before the top is read, so that no event falls between; the feed drops what it has already.
    const early: BusMessage[] = []
    let take = (heard: BusMessage): void => {
      early.push(heard)
    }
    const unlisten = await this.#bus.listen(room, (heard) => take(heard))
    try {
      // A kept room's history says what was missed; in the window a deleted text would live on.
      const kept = await findRoom(this.#store, room)
      const window = new ReplayWindow(this.#clock, kept ? 0 : this.#windowMs)
      const top = await (kept ? this.#store.top(room) : this.#bus.top(room))
      const feed = new Feed(top, window, this.#tools)
      const entry = this.#entries.get(room)
      const sequencer = new Sequencer(room, feed, {
        clock: this.#clock,
        store: kept && this.#store,
        end: (ending) => this.#end(room, feed, ending),
      })
      const opened: OpenFeed<Parcel> = { feed, sequencer, unlisten, announcedSettings: kept }
      if (entry) entry.opened = opened
      take = (heard) => {
        if (heard.kind === 'settings') opened.announcedSettings = heard.settings
        sequencer.receive(heard)
      }
      // Emptied: the listener keeps this array for as long as the feed lives.
      for (const heard of early.splice(0)) take(heard)
      return feed
    } catch (error) {
      unlisten()
      throw error
    }
  }

  async #recheckRooms(): Promise<void> {
    const rooms = [...this.#entries]
    for (let first = 0; first < rooms.length; first += RECHECK_BATCH) {
      const some = rooms.slice(first, first + RECHECK_BATCH)
      await Promise.allSettled(some.map(([room, { opened }]) => opened && this.#recheckRoom(room, opened)))
    }
  }

  async #recheckRoom(room: Slug, opened: OpenFeed<Parcel>): Promise<void> {
    const { feed, sequencer } = opened
    let kept: KeptRoom | undefined
    try {
      kept = await findRoom(this.#store, room)
    } catch (error) {
      if (error instanceof Refusal && error.code === 'gone') sequencer.receive({ kind: 'closed' })
      return
    }
    const told = opened.announcedSettings
    if (!kept && told && !feed.closed) this.#end(room, feed, 'rotate')
    else if (kept && !(told && hasSameRetention(told, kept)))
      sequencer.receive({ kind: 'settings', settings: kept, made: !told })
  }

  #end(room: Slug, feed: Feed<Parcel>, ending: EndReason): void {
    feed.deliver(() => false)
    this.#drop(room)
    this.#tools.end(room, ending)
  }

  #drop(room: Slug): void {
    const opened = this.#entries.get(room)?.opened
    if (!opened) return
    this.#entries.delete(room)
    opened.unlisten()
    opened.feed.close()
  }

  // Of the rooms that nobody reads the one that was unused for longest gives way: who comes back to it is told of a gap, as
  // after a minute.
  #evictUnread(): boolean {
    let oldest: readonly [Slug, FeedEntry<Parcel>] | undefined
    for (const each of this.#entries) {
      const [, { opened, usedAt }] = each
      if (opened?.feed.readerCount === 0 && !(oldest && oldest[1].usedAt <= usedAt)) oldest = each
    }
    if (oldest) this.#drop(oldest[0])
    return oldest !== undefined
  }

  #sweep(): void {
    const before = this.#clock.elapsed() - LINGER_MS
    for (const [room, entry] of this.#entries) {
      if (entry.opened && entry.opened.feed.readerCount > 0) entry.usedAt = this.#clock.elapsed()
      else if (entry.usedAt < before) this.#drop(room)
    }
    this.#stopSweeping = this.#clock.after(SWEEP_MS, () => this.#sweep())
  }
}
