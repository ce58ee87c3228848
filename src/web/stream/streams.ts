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
  /** Whether streams let all but their sockets go. */
  readonly detached: boolean
  /** Frees what nothing refers to. */
  readonly collectGarbage: () => void

  readonly heartbeat: number
  readonly maxStreams: number
  readonly maxRoomStreams: number
  readonly limits: { readonly stream: { readonly session: number; readonly address: number } }
}

/** What a stream counts for; one without a session is bounded by its address alone. */
export interface StreamLimitKeys {
  readonly member: Member | undefined
  readonly address: Address
  readonly room: Slug
}

/** The heartbeats of all streams are spread over this many turns, so that they never come all at once. */
const SLOTS = 15

/** How often slow readers are looked at, and those who left. */
const CHECK_INTERVAL_MS = 1000

/** Streams are closed over this long when many are open, so that not all readers come back in one moment. */
const DRAIN_MS = 4000
const DRAIN_STEP_MS = 50
const DRAIN_STEP_MIN = 50

/** All open streams of the process: their bounds and their one shared schedule. */
export class Streams implements SlowReaders {
  readonly #clock: Clock
  readonly #settings: StreamSettings
  readonly #slots = Array.from({ length: SLOTS }, () => new Set<Reader>())
  readonly #perMember = new Tally<MemberId>()
  readonly #perAddress = new Tally<Address>()
  readonly #perRoom = new Tally<Slug>()
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

  /** How many readers are slow just now: something waits for them in the process. */
  get waiting(): number {
    return this.#waiting.size
  }

  /** How many were opened so far. */
  get opened(): number {
    return this.#added
  }

  /** How many were cut so far because their reader was slow. */
  get cut(): number {
    return this.#cut
  }

  /** Whether they let all but their sockets go. */
  get detached(): boolean {
    return this.#settings.detached
  }

  /** How many are open of each format. */
  perFormat(): Tally<Format> {
    const open = new Tally<Format>()
    for (const { stream } of this.#readers()) open.add(stream.format, 1)
    return open
  }

  get draining(): boolean {
    return this.#draining
  }

  /**
   * Takes the place of one more stream, where there is one, before anything is awaited: those who come at the same
   * moment never pass a bound together.
   * @returns leaves the place
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
    let inside = true
    return () => {
      if (inside) count(-1)
      inside = false
    }
  }

  /** Serves an admitted reader from now on. */
  add(reader: Reader): Undo {
    const slot = this.#slots[this.#added++ % SLOTS]
    slot?.add(reader)
    this.#open++
    return () => {
      if (!slot?.delete(reader)) return
      this.#open--
      this.#massDisconnectGc.countDisconnect()
    }
  }

  /** Ends what a member has open. */
  endForMember(member: Member): void {
    for (const slot of this.#slots) {
      for (const reader of slot) if (reader.member?.id === member.id) reader.end('rotate')
    }
  }

  /** Ends all that is open in a room, paced. */
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

  /** Ends all streams, paced; resolves when each has been told. */
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
  let stop = clock.after(ms, function again() {
    stop = clock.after(ms, again)
    run()
  })
  return () => stop()
}
