import type { Address } from '../../chat/address.ts'
import type { EndReason, Format } from '../../chat/delivery/frames.ts'
import type { Member, MemberId } from '../../chat/member.ts'
import type { Clock, Undo } from '../../chat/ports/clock.ts'
import type { Slug } from '../../chat/room.ts'
import { MassDisconnectGc } from './mass-disconnect-gc.ts'
import type { Reader } from './reader.ts'
import type { SlowReaders, Stream } from './stream.ts'
import { Tally } from './tally.ts'

export interface StreamSettings {
  /** Whether streams keep only their sockets: see `detach-socket.ts`. */
  readonly detached: boolean
  readonly collectGarbage: () => void
  /** Milliseconds between two heartbeats of a stream. */
  readonly heartbeat: number
  readonly maxStreams: number
  readonly maxRoomStreams: number
  readonly limits: { readonly stream: { readonly session: number; readonly address: number } }
}

/** The keys that limits of streams count by. A reader without a session is limited only by its address. */
export interface StreamLimitKeys {
  readonly member: Member | undefined
  readonly address: Address
  readonly room: Slug
}

/** The heartbeats of all streams are spread over this many slots, so that they are never all sent at once. */
const SLOTS = 15

/** How often slow readers and mass disconnects are checked. */
const CHECK_INTERVAL_MS = 1000

/** Many streams are closed over this time, so that their readers do not all come back at once. */
const DRAIN_MS = 4000
const DRAIN_STEP_MS = 50
const DRAIN_STEP_MIN = 50

/** All open streams of the process: their bounds, and one schedule for heartbeats and ends. */
export class Streams implements SlowReaders {
  readonly #clock: Clock
  readonly #settings: StreamSettings
  readonly #slots = Array.from({ length: SLOTS }, () => new Set<Reader>())
  readonly #perMember = new Tally<MemberId>()
  readonly #perAddress = new Tally<Address>()
  readonly #perRoom = new Tally<Slug>()
  // Counted as they come and go: thousands of readers would make each scrape of the metrics slow.
  readonly #perFormat = new Tally<Format>()
  readonly #waiting = new Set<Stream>()
  readonly #massDisconnectGc: MassDisconnectGc
  #open = 0
  #cut = 0
  #admitted = 0
  #added = 0
  #slot = 0
  #draining = false
  readonly #stopTimers: Undo[]

  constructor(clock: Clock, settings: StreamSettings) {
    this.#clock = clock
    this.#settings = settings
    this.#massDisconnectGc = new MassDisconnectGc(settings.collectGarbage)
    this.#stopTimers = [
      every(clock, settings.heartbeat / SLOTS, () => this.#serveSlot()),
      every(clock, CHECK_INTERVAL_MS, () => {
        this.#checkWaiting()
        this.#massDisconnectGc.collectIfDue(this.#open)
      }),
    ]
  }

  get size(): number {
    return this.#open
  }

  /** How many readers are slow: bytes wait for them in the process. */
  get waiting(): number {
    return this.#waiting.size
  }

  /** How many streams were opened so far. */
  get opened(): number {
    return this.#added
  }

  /** How many streams were cut so far because their reader was slow. */
  get cut(): number {
    return this.#cut
  }

  /** Whether streams keep only their sockets. */
  get detached(): boolean {
    return this.#settings.detached
  }

  /** How many streams of each format are open. */
  get perFormat(): Pick<Tally<Format>, 'of'> {
    return this.#perFormat
  }

  get draining(): boolean {
    return this.#draining
  }

  /**
   * Reserves a slot for one more stream if no bound is reached. Must be called before anything is awaited: requests
   * that arrive together can't pass a bound together.
   * @returns releases the slot; undefined without a slot
   */
  admit({ member, address, room }: StreamLimitKeys): Undo | undefined {
    const { maxStreams, maxRoomStreams, limits } = this.#settings
    if (this.#draining || this.#admitted >= maxStreams || this.#perRoom.of(room) >= maxRoomStreams)
      return undefined
    if (this.#perAddress.of(address) >= limits.stream.address) return undefined
    if (member && this.#perMember.of(member.id) >= limits.stream.session) return undefined
    const count = (change: 1 | -1) => {
      this.#admitted += change
      this.#perRoom.add(room, change)
      this.#perAddress.add(address, change)
      if (member) this.#perMember.add(member.id, change)
    }
    count(1)
    let isReserved = true
    return () => {
      if (isReserved) count(-1)
      isReserved = false
    }
  }

  /**
   * Schedules an admitted reader.
   * @returns removes it
   */
  add(reader: Reader): Undo {
    const slot = this.#slots[this.#added++ % SLOTS]
    slot?.add(reader)
    this.#open++
    this.#perFormat.add(reader.stream.format, 1)
    return () => {
      if (!slot?.delete(reader)) return
      this.#open--
      this.#perFormat.add(reader.stream.format, -1)
      this.#massDisconnectGc.countDisconnect()
    }
  }

  /** Ends all streams of a member. */
  endForMember(member: Member): void {
    for (const slot of this.#slots) {
      for (const reader of slot) if (reader.member?.id === member.id) reader.end('rotate')
    }
  }

  /** Ends all streams of a room, paced. */
  async endInRoom(room: Slug, ending: EndReason): Promise<void> {
    await this.#endPaced(
      this.#readers().filter((reader) => reader.room === room),
      ending,
    )
  }

  watch(stream: Stream): void {
    this.#waiting.add(stream)
  }

  countCut(): void {
    this.#cut++
  }

  /** Ends all streams, paced. Resolves when each has been sent its end. */
  async drain(): Promise<void> {
    this.#draining = true
    await this.#endPaced(this.#readers(), 'drain')
  }

  close(): void {
    for (const stop of this.#stopTimers) stop()
    for (const slot of this.#slots) for (const { stream } of slot) stream.close()
  }

  #readers(): Reader[] {
    return this.#slots.flatMap((slot) => [...slot])
  }

  async #endPaced(readers: readonly Reader[], ending: EndReason): Promise<void> {
    const step = Math.max(DRAIN_STEP_MIN, Math.ceil(readers.length / (DRAIN_MS / DRAIN_STEP_MS)))
    for (let next = 0; next < readers.length; next += step) {
      if (next > 0) await new Promise<void>((resolve) => this.#clock.after(DRAIN_STEP_MS, resolve))
      for (const reader of readers.slice(next, next + step)) reader.end(ending)
    }
  }

  #serveSlot(): void {
    this.#slot = (this.#slot + 1) % SLOTS
    const now = this.#clock.elapsed()
    for (const reader of this.#slots[this.#slot] ?? []) {
      if (now >= reader.endsAt) reader.end('rotate')
      else reader.sendHeartbeat()
    }
  }

  #checkWaiting(): void {
    const now = this.#clock.elapsed()
    for (const stream of this.#waiting) if (stream.drained(now)) this.#waiting.delete(stream)
  }
}

function every(clock: Clock, ms: number, run: () => void): Undo {
  let stop = clock.after(ms, function repeat() {
    stop = clock.after(ms, repeat)
    run()
  })
  return () => stop()
}
