import type { EventId } from '../event.ts'
import { findRoom } from '../find-room.ts'
import { hasSameRetention, type KeptRoom, type Settings } from '../kept-room.ts'
import type { Bus, BusMessage } from '../ports/bus.ts'
import type { Clock, Undo } from '../ports/clock.ts'
import { type Deadlines, NO_DEADLINES } from '../ports/deadlines.ts'
import type { Store } from '../ports/store.ts'
import { Refusal } from '../refusal.ts'
import type { Slug } from '../room.ts'
import { Feed } from './feed.ts'
import type { EndReason } from './frames.ts'
import { ReplayWindow } from './replay-window.ts'
import { Sequencer } from './sequencer.ts'
import type { FeedTools } from './subscriber.ts'

/** The most feeds of one process. A feed with an empty window takes about a kilobyte. */
export const FEEDS_MAX = 20_000

/** Time between two searches for unused feeds. */
const SWEEP_MS = 10_000

/** Feeds without readers that one search finds. A search looks at all feeds, so not every new room should need one. */
const EVICTION_BATCH = 200

/** No search follows one that found nothing for this long. */
const FAILED_SEARCH_PAUSE_MS = 100

/** Rooms that are checked together after an outage. */
const RECHECK_BATCH = 100

/** How long a feed stays without readers: those who reconnect, or come from a page just served, need it. */
const LINGER_MS = 60_000

export interface HubTools<Chunk> extends FeedTools<Chunk> {
  /** Ends the streams of all readers of the room on this process. */
  readonly end: (room: Slug, ending: EndReason) => void
  /** Those of the requests that ask for feeds. */
  readonly deadlines?: Deadlines | undefined
}

interface OpenFeed<Chunk> {
  readonly feed: Feed<Chunk>
  readonly sequencer: Sequencer<Chunk>
  readonly unlisten: Undo
  /** The settings of a kept room that were last announced to its readers. */
  announcedSettings: Settings | undefined
}

interface FeedEntry<Chunk> {
  readonly feed: Promise<Feed<Chunk>>
  usedAt: number
  opened: OpenFeed<Chunk> | undefined
}

/** A feed that had no readers when it was searched for, and when it was last used then. */
interface EvictionCandidate<Chunk> {
  readonly room: Slug
  readonly entry: FeedEntry<Chunk>
  readonly usedAt: number
}

/** All feeds of this process. */
export class Hub<Chunk> {
  readonly #bus: Bus
  readonly #store: Store
  readonly #clock: Clock
  readonly #tools: HubTools<Chunk>
  readonly #windowMs: number
  readonly #entries = new Map<Slug, FeedEntry<Chunk>>()
  // The feed that was unused for longest is the last one.
  #candidates: EvictionCandidate<Chunk>[] = []
  #nextSearchAt = Number.NEGATIVE_INFINITY
  #stopSweeping: Undo

  /** @param windowMs how long a vanishing room remembers events for readers who reconnect, in milliseconds */
  constructor(bus: Bus, store: Store, clock: Clock, windowMs: number, tools: HubTools<Chunk>) {
    this.#bus = bus
    this.#store = store
    this.#clock = clock
    this.#windowMs = windowMs
    this.#tools = tools
    this.#stopSweeping = clock.after(SWEEP_MS, () => this.#sweep())
  }

  /** The number of feeds. */
  get size(): number {
    return this.#entries.size
  }

  /**
   * The room's feed. It listens to the bus from now on.
   * @throws Refusal `gone` for a deleted room, `busy` if the process has as many feeds as it can and all have readers
   */
  feed(room: Slug): Promise<Feed<Chunk>> {
    const { deadlines = NO_DEADLINES } = this.#tools
    const existing = this.#entries.get(room)
    if (existing) {
      existing.usedAt = this.#clock.elapsed()
      return deadlines.wait(existing.feed)
    }
    if (this.#entries.size >= FEEDS_MAX && !this.#evictUnread()) {
      return Promise.reject(
        new Refusal('busy', 'Too many rooms are in use just now. Try again in a minute.', 60),
      )
    }
    const entry: FeedEntry<Chunk> = {
      // Not ended by the deadline of this request: others wait for it too, and the next attempt finds it open.
      feed: deadlines.detach(() => this.#open(room)),
      usedAt: this.#clock.elapsed(),
      opened: undefined,
    }
    this.#entries.set(room, entry)
    entry.feed.catch(() => this.#entries.delete(room))
    return deadlines.wait(entry.feed)
  }

  /** Moves the position of the room's feed to `id`. Events up to it that have not arrived were lost on the bus. */
  advanceTo(room: Slug, id: EventId): void {
    this.#entries.get(room)?.opened?.sequencer.receive({ kind: 'position', id })
  }

  /**
   * Signals the beginning or the end of an outage to all readers on this process. After an outage it also checks what
   * happened to their rooms: signals of that time did not reach this process.
   */
  announceOutage(over: boolean): void {
    for (const { opened } of this.#entries.values()) opened?.feed.signal({ kind: 'outage', over })
    // Never rejects. A room that can't be read now is checked after the next outage.
    if (over) void this.#recheckRooms()
  }

  close(): void {
    this.#stopSweeping()
    for (const room of this.#entries.keys()) this.#drop(room)
  }

  async #open(room: Slug): Promise<Feed<Chunk>> {
    // Listening begins before the top is read, so that no event is lost in between. The feed drops events that it has.
    const early: BusMessage[] = []
    let receive = (message: BusMessage): void => {
      early.push(message)
    }
    const unlisten = await this.#bus.listen(room, (message) => receive(message))
    try {
      // A kept room is replayed from its history. A window would keep the text of deleted messages.
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
      const opened: OpenFeed<Chunk> = { feed, sequencer, unlisten, announcedSettings: kept }
      if (entry) entry.opened = opened
      receive = (message) => {
        if (message.kind === 'settings') opened.announcedSettings = message.settings
        sequencer.receive(message)
      }
      // Emptied, because the listener keeps this array as long as the feed lives.
      for (const message of early.splice(0)) receive(message)
      return feed
    } catch (error) {
      unlisten()
      throw error
    }
  }

  async #recheckRooms(): Promise<void> {
    const rooms = [...this.#entries]
    for (let first = 0; first < rooms.length; first += RECHECK_BATCH) {
      const batch = rooms.slice(first, first + RECHECK_BATCH)
      await Promise.allSettled(batch.map(([room, { opened }]) => opened && this.#recheckRoom(room, opened)))
    }
  }

  async #recheckRoom(room: Slug, opened: OpenFeed<Chunk>): Promise<void> {
    const { feed, sequencer } = opened
    let kept: KeptRoom | undefined
    try {
      kept = await findRoom(this.#store, room)
    } catch (error) {
      if (error instanceof Refusal && error.code === 'gone') sequencer.receive({ kind: 'closed' })
      return
    }
    const announced = opened.announcedSettings
    if (!kept && announced && !feed.closed) this.#end(room, feed, 'rotate')
    else if (kept && !(announced && hasSameRetention(announced, kept)))
      sequencer.receive({ kind: 'settings', settings: kept, made: !announced })
  }

  #end(room: Slug, feed: Feed<Chunk>, ending: EndReason): void {
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

  // Drops the feed without readers that was unused for longest. A reader who returns to it gets a gap, as after
  // `LINGER_MS`.
  #evictUnread(): boolean {
    if (this.#dropCandidate()) return true
    const now = this.#clock.elapsed()
    if (now < this.#nextSearchAt) return false
    this.#candidates = this.#findUnread()
    if (this.#dropCandidate()) return true
    this.#nextSearchAt = now + FAILED_SEARCH_PAUSE_MS
    return false
  }

  #findUnread(): EvictionCandidate<Chunk>[] {
    const unread = [...this.#entries]
      .filter(([, entry]) => isUnread(entry))
      .map(([room, entry]) => ({ room, entry, usedAt: entry.usedAt }))
    return unread
      .sort((a, b) => a.usedAt - b.usedAt)
      .slice(0, EVICTION_BATCH)
      .reverse()
  }

  #dropCandidate(): boolean {
    for (let next = this.#candidates.pop(); next; next = this.#candidates.pop()) {
      const { room, entry, usedAt } = next
      const isUnused = this.#entries.get(room) === entry && entry.usedAt === usedAt && isUnread(entry)
      if (!isUnused) continue
      this.#drop(room)
      return true
    }
    return false
  }

  #sweep(): void {
    const cutoff = this.#clock.elapsed() - LINGER_MS
    for (const [room, entry] of this.#entries) {
      if (entry.opened && entry.opened.feed.readerCount > 0) entry.usedAt = this.#clock.elapsed()
      else if (entry.usedAt < cutoff) this.#drop(room)
    }
    this.#stopSweeping = this.#clock.after(SWEEP_MS, () => this.#sweep())
  }
}

function isUnread<Chunk>({ opened }: FeedEntry<Chunk>): boolean {
  return opened?.feed.readerCount === 0
}
