import { randomBytes } from 'node:crypto'
import type { Member, Seat } from '../../chat/member.ts'
import type { Name } from '../../chat/names/name.ts'
import type { Clock, Undo } from '../../chat/ports/clock.ts'
import type { Liveness } from '../../chat/ports/roster.ts'
import { Refusal } from '../../chat/refusal.ts'
import type { Slug } from '../../chat/room.ts'
import { isFullRefusal, rethrowUnlessFull } from '../../redis/refusals.ts'
import type { RosterTimes } from '../membership.ts'
import type { CandidateName } from './candidate-names.ts'
import { LocalStreams, type MemberStreams, type TrackedRoom } from './local-streams.ts'
import { MEMBERS_AT_ONCE } from './scripts.ts'
import type { ScriptsRunner } from './scripts-runner.ts'

/** How often those are looked for whose time is over, where something happened here or falls due. */
const SWEEP_DUE_MS = 2_000

/** How often in the other rooms: a process that did something there may be gone. */
const SWEEP_IDLE_MS = 5_000

/** How often a process says that it has its streams still. */
const LEASE_RENEWAL_MS = 10_000

/** Rooms that are looked at together. */
const ROOMS_AT_ONCE = 100

export interface StreamLeasesTools {
  readonly scripts: ScriptsRunner
  readonly clock: Clock
  readonly times: RosterTimes
  readonly report: (error: unknown) => void
  /** What a member may be called and is marked by in a room. */
  readonly namesFor: (room: Slug, member: Member, round: number, before: Name | undefined) => CandidateName[]
  readonly tagOf: (room: Slug, member: Member) => string
  /** Names the time before a question; and what was heard by one. */
  readonly seatsVersion: () => number
  readonly onSeat: (room: Slug, stayer: MemberStreams, seat: Seat, seatsVersion: number) => void
}

/**
 * The open streams of this process, in Redis: as many of each member as there are here, for as long as the process says
 * that it lives. Looks after the rooms in which it has streams or lately did something.
 */
export class StreamLeases {
  readonly #tools: StreamLeasesTools
  // Another one after each start: what was left by a killed process is its own no more.
  readonly #processId = randomBytes(9).toString('base64url')
  readonly #streams: LocalStreams
  readonly #trackMs: number
  readonly #pending = new Set<Promise<void>>()
  #lastSweep: Promise<void> = Promise.resolve()
  #stopTimer: Undo
  #closed = false

  constructor(tools: StreamLeasesTools) {
    this.#tools = tools
    this.#streams = new LocalStreams((room) => tools.scripts.keysOf(room))
    const { nameHold, awayAfter, silentAfter } = tools.times
    this.#trackMs = nameHold + awayAfter + silentAfter
    this.#stopTimer = this.#scheduleSweep()
  }

  /** Something was done in the room: its times are looked after. */
  touch(room: Slug): TrackedRoom {
    return this.#streams.touch(room, this.#tools.clock.elapsed() + this.#trackMs)
  }

  /** The member's streams here, if there are any. */
  find(room: Slug, id: string): MemberStreams | undefined {
    return this.#streams.find(room, id)
  }

  /**
   * In a full Redis they are not seen before there is space again: that they read takes none.
   * @throws Refusal `busy`
   */
  async enter(slug: Slug, id: string, member: Member, stay: Liveness): Promise<Undo> {
    const room = this.touch(slug)
    const stayer = this.#streams.adjustCount(room, id, member, stay, 1)
    try {
      await this.#send(room, [stayer], 'changed').catch(rethrowUnlessFull)
    } catch (error) {
      // Whether Redis counts it or not is not known: it is told later.
      this.#streams.removeIfClosed(room, this.#streams.adjustCount(room, id, member, stay, -1))
      throw error
    }
    let inside = true
    return () => {
      if (!inside || this.#closed) return
      inside = false
      const left = this.touch(slug)
      this.runInBackground(
        this.#send(left, [this.#streams.adjustCount(left, id, member, stay, -1)], 'changed'),
      )
    }
  }

  /** Looks after all its rooms now. */
  sweep(): Promise<void> {
    return this.#sweepRooms(() => true)
  }

  /** What nobody waits for; done before this is closed. */
  runInBackground(doing: Promise<unknown>): void {
    const done: Promise<void> = doing.then(
      () => {},
      (error) => {
        // A Redis that is away is told of elsewhere, and told again when it is back.
        if (!(error instanceof Refusal)) this.#tools.report(error)
      },
    )
    this.#pending.add(done)
    void done.then(() => this.#pending.delete(done))
  }

  /** Takes the streams of this process out, as if each had ended. */
  async close(): Promise<void> {
    this.#closed = true
    this.#stopTimer()
    await Promise.all(this.#pending)
    await Promise.all(
      this.#streams.rooms.map(async (room) => {
        for (const stayer of room.memberStreams.values())
          stayer.streams.connected = stayer.streams.confirmed = 0
        for (const some of splitIntoBatches([...room.memberStreams.values()]))
          this.runInBackground(this.#send(room, some, 'changed'))
      }),
    )
    await Promise.all(this.#pending)
  }

  #sweepRooms(isDue: (room: TrackedRoom) => boolean): Promise<void> {
    this.#lastSweep = this.#lastSweep.then(async () => {
      if (this.#closed || !this.#tools.scripts.redis.up) return
      const rooms = this.#streams.rooms.filter(isDue)
      for (let from = 0; from < rooms.length; from += ROOMS_AT_ONCE) {
        const some = rooms.slice(from, from + ROOMS_AT_ONCE)
        for (const room of some) this.runInBackground(this.#sweepRoom(room))
        await Promise.all(this.#pending)
      }
    })
    return this.#lastSweep
  }

  #scheduleSweep(): Undo {
    return this.#tools.clock.after(SWEEP_DUE_MS, () => {
      const now = this.#tools.clock.elapsed()
      void this.#sweepRooms((room) => room.dueAt <= now).then(() => {
        if (!this.#closed) this.#stopTimer = this.#scheduleSweep()
      })
    })
  }

  async #sweepRoom(room: TrackedRoom): Promise<void> {
    const { scripts, clock } = this.#tools
    // What happens meanwhile makes it due at once.
    room.dueAt = clock.elapsed() + SWEEP_IDLE_MS
    for (;;) {
      const full = await this.#sendUnsent(room).catch(rethrowUnlessFull)
      const now = clock.elapsed()
      const streaming = room.registered && room.memberStreams.size > 0
      const renewing = streaming && now - room.leasedAt >= LEASE_RENEWAL_MS
      const reply = await scripts.run('sweep', room.slug, room.keys, [
        streaming ? this.#processId : '',
        renewing ? '1' : '',
      ])
      if (renewing && !reply.leaseLost) room.leasedAt = now
      if (reply.leaseLost) room.needsResend = true
      if (full || !(reply.leaseLost || reply.more)) return this.#scheduleNext(room, reply.nextDueAt)
    }
  }

  /** Off until the next time is over, or for good where there is none. */
  #scheduleNext(room: TrackedRoom, next: number | undefined): void {
    const { scripts, clock } = this.#tools
    const now = clock.elapsed()
    if (next !== undefined) room.dueAt = Math.min(room.dueAt, now + Math.max(0, next - scripts.redis.now()))
    if (next === undefined || room.trackedUntil <= now) this.#streams.removeRoomIfEmpty(room)
  }

  async #sendUnsent(room: TrackedRoom): Promise<void> {
    if (room.needsResend) await this.#resendAll(room)
    const untold = [...room.memberStreams.values()].filter(
      ({ sentChanges, changes }) => sentChanges < changes,
    )
    for (const some of splitIntoBatches(untold)) await this.#send(room, some, 'resend')
  }

  // Redis was away for longer than the lease, or has lost what it knew.
  async #resendAll(room: TrackedRoom): Promise<void> {
    const { continuityId } = this.#tools.scripts.redis
    const why = continuityId === room.continuityId ? 'resend' : 'restore'
    for (const some of splitIntoBatches([...room.memberStreams.values()])) await this.#send(room, some, why)
    room.continuityId = continuityId
    room.needsResend = false
  }

  async #send(
    room: TrackedRoom,
    stayers: readonly MemberStreams[],
    why: 'changed' | 'resend' | 'restore',
  ): Promise<void> {
    const { scripts, clock, namesFor, tagOf, seatsVersion, onSeat } = this.#tools
    let asking = stayers
    for (let round = 0; asking.length > 0; round++) {
      const sent = asking.map((stayer) => ({ stayer, changes: stayer.changes }))
      const list = asking.map(({ id, member, streams: { connected, confirmed }, name }) => {
        const wanted = connected + confirmed > 0 ? namesFor(room.slug, member, round, name) : []
        return [id, tagOf(room.slug, member), connected, confirmed, wanted]
      })
      const [before, now, up] = [seatsVersion(), clock.elapsed(), scripts.redis.up]
      let needy: readonly string[]
      try {
        const words = [this.#processId, why, JSON.stringify(list)]
        const reply = await scripts.run('streams', room.slug, room.keys, words)
        this.#recordLease(room, reply.leaseValid, now)
        for (const { id, seat } of reply.seats) {
          const stayer = room.memberStreams.get(id)
          if (stayer) onSeat(room.slug, stayer, seat, before)
        }
        needy = reply.needsMoreNames
      } catch (error) {
        for (const { stayer } of sent) {
          stayer.sent ||= up && !isFullRefusal(error)
          this.#streams.removeIfClosed(room, stayer)
        }
        throw error
      }
      for (const { stayer, changes } of sent.filter(({ stayer }) => !needy.includes(stayer.id))) {
        stayer.sent = true
        stayer.sentChanges = Math.max(stayer.sentChanges, changes)
        this.#streams.removeIfClosed(room, stayer)
      }
      asking = asking.filter(({ id }) => needy.includes(id))
    }
  }

  #recordLease(room: TrackedRoom, known: boolean, now: number): void {
    room.leasedAt = now
    if (!room.registered) {
      room.registered = true
      room.continuityId = this.#tools.scripts.redis.continuityId
    } else if (!known) {
      // Redis has forgotten the others, and must hear of them.
      room.needsResend = true
      room.dueAt = 0
    }
  }
}

function splitIntoBatches<Item>(items: readonly Item[]): Item[][] {
  const lots: Item[][] = []
  for (let from = 0; from < items.length; from += MEMBERS_AT_ONCE)
    lots.push(items.slice(from, from + MEMBERS_AT_ONCE))
  return lots
}
