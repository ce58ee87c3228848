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

/** How often rooms are swept in which this process did something or a time is over. */
const SWEEP_DUE_MS = 2_000

/** How often the other rooms are swept: a process that has streams there may be gone. */
const SWEEP_IDLE_MS = 5_000

/**
 * The same for rooms in which this process has only readers without a name, who have no streams here. Redis tells when
 * the lease of another process ends.
 */
const SWEEP_FOLLOWED_MS = 15_000

/** How often a process renews its lease. */
const LEASE_RENEWAL_MS = 10_000

/** Rooms swept at the same time. */
const ROOMS_AT_ONCE = 100

export interface StreamLeasesTools {
  readonly scripts: ScriptsRunner
  readonly clock: Clock
  readonly times: RosterTimes
  readonly report: (error: unknown) => void
  /** Proposes names for a member of a room: see `proposeNames`. */
  readonly namesFor: (
    room: Slug,
    member: Member,
    round: number,
    previousName: Name | undefined,
  ) => CandidateName[]
  /** Whether this process has readers in the room, with a name or without. */
  readonly isFollowed: (room: Slug) => boolean
  readonly tagOf: (room: Slug, member: Member) => string
  /** The version of the seat cache before a request. */
  readonly seatsVersion: () => number
  /** Called with each seat in a reply, and the version before its request. */
  readonly onSeat: (room: Slug, memberStreams: MemberStreams, seat: Seat, seatsVersion: number) => void
}

/**
 * Registers the open streams of this process in Redis: the number of each member's streams, under a lease that the
 * process renews. Sweeps the rooms in which this process has readers or recently did something.
 */
export class StreamLeases {
  readonly #tools: StreamLeasesTools
  // New at each start, so that a process does not take over the streams of one that was killed.
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

  /** Tracks a room in which something was done: it is swept until its timeouts are over. */
  touch(room: Slug): TrackedRoom {
    return this.#streams.touch(room, this.#tools.clock.elapsed() + this.#trackMs)
  }

  /** The member's streams at this process, if there are any. */
  find(room: Slug, id: string): MemberStreams | undefined {
    return this.#streams.find(room, id)
  }

  /**
   * Registers one more stream. While Redis is full, the member may read, but is shown as here only when there is space.
   * @throws Refusal `busy` if Redis is away, or the room has as many memberships as it may
   */
  async enter(slug: Slug, id: string, member: Member, liveness: Liveness): Promise<Undo> {
    const room = this.touch(slug)
    const memberStreams = this.#streams.adjustCount(room, id, member, liveness, 1)
    try {
      await this.#send(room, [memberStreams], 'changed').catch(rethrowUnlessFull)
    } catch (error) {
      // Redis may have counted the stream. If so, a later sweep sends the correction.
      this.#streams.removeIfClosed(room, this.#streams.adjustCount(room, id, member, liveness, -1))
      throw error
    }
    let isOpen = true
    return () => {
      if (!isOpen || this.#closed) return
      isOpen = false
      const tracked = this.touch(slug)
      this.runInBackground(
        this.#send(tracked, [this.#streams.adjustCount(tracked, id, member, liveness, -1)], 'changed'),
      )
    }
  }

  /** Sweeps all tracked rooms now. */
  sweep(): Promise<void> {
    return this.#sweepRooms(() => true)
  }

  /** Takes care of a promise that no caller waits for: reports its error, and lets `close` wait for it. */
  runInBackground(task: Promise<unknown>): void {
    const done: Promise<void> = task.then(
      () => {},
      (error) => {
        // A refusal is not reported: an outage is shown elsewhere, and what failed is repeated when it is over.
        if (!(error instanceof Refusal)) this.#tools.report(error)
      },
    )
    this.#pending.add(done)
    void done.then(() => this.#pending.delete(done))
  }

  /** Removes the streams of this process, as if each had ended. */
  async close(): Promise<void> {
    this.#closed = true
    this.#stopTimer()
    await Promise.all(this.#pending)
    await Promise.all(
      this.#streams.rooms.map(async (room) => {
        for (const memberStreams of room.memberStreams.values())
          memberStreams.streams.connected = memberStreams.streams.confirmed = 0
        for (const batch of splitIntoBatches([...room.memberStreams.values()]))
          this.runInBackground(this.#send(room, batch, 'changed'))
      }),
    )
    await Promise.all(this.#pending)
  }

  #sweepRooms(isDue: (room: TrackedRoom) => boolean): Promise<void> {
    this.#lastSweep = this.#lastSweep.then(async () => {
      if (this.#closed || !this.#tools.scripts.redis.up) return
      const rooms = this.#streams.rooms.filter(isDue)
      for (let from = 0; from < rooms.length; from += ROOMS_AT_ONCE) {
        const batch = rooms.slice(from, from + ROOMS_AT_ONCE)
        for (const room of batch) this.runInBackground(this.#sweepRoom(room))
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
    // Set before the sweep: what happens during it makes the room due at once.
    room.dueAt = clock.elapsed() + (room.memberStreams.size > 0 ? SWEEP_IDLE_MS : SWEEP_FOLLOWED_MS)
    for (;;) {
      const isFull = await this.#sendUnsent(room).catch(rethrowUnlessFull)
      const now = clock.elapsed()
      const hasStreams = room.registered && room.memberStreams.size > 0
      const renewing = hasStreams && now - room.leasedAt >= LEASE_RENEWAL_MS
      const reply = await scripts.run('sweep', room.slug, room.keys, [
        hasStreams ? this.#processId : '',
        renewing ? '1' : '',
      ])
      if (renewing && !reply.leaseLost) room.leasedAt = now
      if (reply.leaseLost) room.needsResend = true
      if (isFull || !(reply.leaseLost || reply.more)) return this.#scheduleNext(room, reply.nextDueAt)
    }
  }

  /** Makes the room due when its next time is over. Without one, a room without streams is no longer tracked. */
  #scheduleNext(room: TrackedRoom, nextDueAt: number | undefined): void {
    const { scripts, clock, isFollowed } = this.#tools
    const now = clock.elapsed()
    if (nextDueAt !== undefined)
      room.dueAt = Math.min(room.dueAt, now + Math.max(0, nextDueAt - scripts.redis.now()))
    const isOver = nextDueAt === undefined || room.trackedUntil <= now
    if (isOver && !isFollowed(room.slug)) this.#streams.removeRoomIfEmpty(room)
  }

  async #sendUnsent(room: TrackedRoom): Promise<void> {
    if (room.needsResend) await this.#resendAll(room)
    const unsent = [...room.memberStreams.values()].filter(
      ({ sentChanges, changes }) => sentChanges < changes,
    )
    for (const batch of splitIntoBatches(unsent)) await this.#send(room, batch, 'resend')
  }

  // The lease is over, or Redis has lost the streams.
  async #resendAll(room: TrackedRoom): Promise<void> {
    const { continuityId } = this.#tools.scripts.redis
    const reason = continuityId === room.continuityId ? 'resend' : 'restore'
    for (const batch of splitIntoBatches([...room.memberStreams.values()]))
      await this.#send(room, batch, reason)
    room.continuityId = continuityId
    room.needsResend = false
  }

  async #send(
    room: TrackedRoom,
    batch: readonly MemberStreams[],
    reason: 'changed' | 'resend' | 'restore',
  ): Promise<void> {
    const { scripts, clock, namesFor, tagOf, seatsVersion, onSeat } = this.#tools
    let remaining = batch
    for (let round = 0; remaining.length > 0; round++) {
      const sent = remaining.map((memberStreams) => ({ memberStreams, changes: memberStreams.changes }))
      const entries = remaining.map(({ id, member, streams: { connected, confirmed }, name }) => {
        const candidates = connected + confirmed > 0 ? namesFor(room.slug, member, round, name) : []
        return [id, tagOf(room.slug, member), connected, confirmed, candidates]
      })
      const [version, now, up] = [seatsVersion(), clock.elapsed(), scripts.redis.up]
      let needsMoreNames: readonly string[]
      try {
        const args = [this.#processId, reason, JSON.stringify(entries)]
        const reply = await scripts.run('streams', room.slug, room.keys, args)
        this.#recordLease(room, reply.leaseValid, now)
        for (const { id, seat } of reply.seats) {
          const memberStreams = room.memberStreams.get(id)
          if (memberStreams) onSeat(room.slug, memberStreams, seat, version)
        }
        needsMoreNames = reply.needsMoreNames
      } catch (error) {
        for (const { memberStreams } of sent) {
          memberStreams.sent ||= up && !isFullRefusal(error)
          this.#streams.removeIfClosed(room, memberStreams)
        }
        throw error
      }
      for (const { memberStreams, changes } of sent.filter(
        ({ memberStreams }) => !needsMoreNames.includes(memberStreams.id),
      )) {
        memberStreams.sent = true
        memberStreams.sentChanges = Math.max(memberStreams.sentChanges, changes)
        this.#streams.removeIfClosed(room, memberStreams)
      }
      remaining = remaining.filter(({ id }) => needsMoreNames.includes(id))
    }
  }

  #recordLease(room: TrackedRoom, wasValid: boolean, now: number): void {
    room.leasedAt = now
    if (!room.registered) {
      room.registered = true
      room.continuityId = this.#tools.scripts.redis.continuityId
    } else if (!wasValid) {
      // Redis has dropped the other streams of this process: send them again.
      room.needsResend = true
      room.dueAt = 0
    }
  }
}

function splitIntoBatches<Item>(items: readonly Item[]): Item[][] {
  const batches: Item[][] = []
  for (let from = 0; from < items.length; from += MEMBERS_AT_ONCE)
    batches.push(items.slice(from, from + MEMBERS_AT_ONCE))
  return batches
}
