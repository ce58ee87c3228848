import { randomBytes } from 'node:crypto'
import type { Member, Seat } from '../../chat/member.ts'
import type { Name } from '../../chat/names/name.ts'
import type { Clock, Undo } from '../../chat/ports/clock.ts'
import type { Stay } from '../../chat/ports/roster.ts'
import { Refusal } from '../../chat/refusal.ts'
import type { Slug } from '../../chat/room.ts'
import { isFull, unlessFull } from '../../redis/trouble.ts'
import type { RosterTimes } from '../membership.ts'
import type { Candidate } from './candidate-names.ts'
import { type Stayer, Stays, type TendedRoom } from './local-streams.ts'
import { MEMBERS_AT_ONCE } from './scripts.ts'
import type { Book } from './scripts-runner.ts'

/** How often those are looked for whose time is over, where something happened here or falls due. */
const TEND_MS = 2_000

/** How often in the other rooms: a process that did something there may be gone. */
const LOOK_MS = 5_000

/** How often a process says that it has its streams still. */
const RENEW_MS = 10_000

/** Rooms that are looked at together. */
const ROOMS_AT_ONCE = 100

export interface TendingTools {
  readonly book: Book
  readonly clock: Clock
  readonly times: RosterTimes
  readonly report: (error: unknown) => void
  /** What a member may be called and is marked by in a room. */
  readonly names: (room: Slug, member: Member, round: number, before: Name | undefined) => Candidate[]
  readonly tag: (room: Slug, member: Member) => string
  /** Names the time before a question; and what was heard by one. */
  readonly turn: () => number
  readonly heard: (room: Slug, stayer: Stayer, seat: Seat, turn: number) => void
}

/**
 * The open streams of this process, in Redis: as many of each member as there are here, for as long as the process says
 * that it lives. Looks after the rooms in which it has streams or lately did something.
 */
export class Tending {
  readonly #tools: TendingTools
  // Another one after each start: what was left by a killed process is its own no more.
  readonly #process = randomBytes(9).toString('base64url')
  readonly #stays: Stays
  readonly #lately: number
  readonly #underWay = new Set<Promise<void>>()
  #last: Promise<void> = Promise.resolve()
  #stopWaiting: Undo
  #closed = false

  constructor(tools: TendingTools) {
    this.#tools = tools
    this.#stays = new Stays((room) => tools.book.keysOf(room))
    const { nameHold, awayAfter, silentAfter } = tools.times
    this.#lately = nameHold + awayAfter + silentAfter
    this.#stopWaiting = this.#tendLater()
  }

  /** Something was done in the room: its times are looked after. */
  touch(room: Slug): TendedRoom {
    return this.#stays.touch(room, this.#tools.clock.elapsed() + this.#lately)
  }

  /** The member's streams here, if there are any. */
  find(room: Slug, id: string): Stayer | undefined {
    return this.#stays.find(room, id)
  }

  /**
   * In a full Redis they are not seen before there is space again: that they read takes none.
   * @throws Refusal `busy`
   */
  async enter(slug: Slug, id: string, member: Member, stay: Stay): Promise<Undo> {
    const room = this.touch(slug)
    const stayer = this.#stays.change(room, id, member, stay, 1)
    try {
      await this.#send(room, [stayer], 'moved').catch(unlessFull)
    } catch (error) {
      // Whether Redis counts it or not is not known: it is told later.
      this.#stays.settle(room, this.#stays.change(room, id, member, stay, -1))
      throw error
    }
    let inside = true
    return () => {
      if (!inside || this.#closed) return
      inside = false
      const left = this.touch(slug)
      this.quietly(this.#send(left, [this.#stays.change(left, id, member, stay, -1)], 'moved'))
    }
  }

  /** Looks after all its rooms now. */
  tend(): Promise<void> {
    return this.#tend(() => true)
  }

  /** What nobody waits for; done before this is closed. */
  quietly(doing: Promise<unknown>): void {
    const done: Promise<void> = doing.then(
      () => {},
      (error) => {
        // A Redis that is away is told of elsewhere, and told again when it is back.
        if (!(error instanceof Refusal)) this.#tools.report(error)
      },
    )
    this.#underWay.add(done)
    void done.then(() => this.#underWay.delete(done))
  }

  /** Takes the streams of this process out, as if each had ended. */
  async close(): Promise<void> {
    this.#closed = true
    this.#stopWaiting()
    await Promise.all(this.#underWay)
    await Promise.all(
      this.#stays.rooms.map(async (room) => {
        for (const stayer of room.stayers.values()) stayer.streams.connected = stayer.streams.confirmed = 0
        for (const some of inLots([...room.stayers.values()])) this.quietly(this.#send(room, some, 'moved'))
      }),
    )
    await Promise.all(this.#underWay)
  }

  #tend(isDue: (room: TendedRoom) => boolean): Promise<void> {
    this.#last = this.#last.then(async () => {
      if (this.#closed || !this.#tools.book.redis.up) return
      const rooms = this.#stays.rooms.filter(isDue)
      for (let from = 0; from < rooms.length; from += ROOMS_AT_ONCE) {
        const some = rooms.slice(from, from + ROOMS_AT_ONCE)
        for (const room of some) this.quietly(this.#look(room))
        await Promise.all(this.#underWay)
      }
    })
    return this.#last
  }

  #tendLater(): Undo {
    return this.#tools.clock.after(TEND_MS, () => {
      const now = this.#tools.clock.elapsed()
      void this.#tend((room) => room.dueAt <= now).then(() => {
        if (!this.#closed) this.#stopWaiting = this.#tendLater()
      })
    })
  }

  async #look(room: TendedRoom): Promise<void> {
    const { book, clock } = this.#tools
    // What happens meanwhile makes it due at once.
    room.dueAt = clock.elapsed() + LOOK_MS
    for (;;) {
      const full = await this.#tell(room).catch(unlessFull)
      const now = clock.elapsed()
      const streaming = room.known && room.stayers.size > 0
      const renewing = streaming && now - room.leasedAt >= RENEW_MS
      const reply = await book.run('tend', room.slug, room.keys, [
        streaming ? this.#process : '',
        renewing ? '1' : '',
      ])
      if (renewing && !reply.lost) room.leasedAt = now
      if (reply.lost) room.forgotten = true
      if (full || !(reply.lost || reply.more)) return this.#put(room, reply.next)
    }
  }

  /** Off until the next time is over, or for good where there is none. */
  #put(room: TendedRoom, next: number | undefined): void {
    const { book, clock } = this.#tools
    const now = clock.elapsed()
    if (next !== undefined) room.dueAt = Math.min(room.dueAt, now + Math.max(0, next - book.redis.now()))
    if (next === undefined || room.until <= now) this.#stays.drop(room)
  }

  async #tell(room: TendedRoom): Promise<void> {
    if (room.forgotten) await this.#enterAgain(room)
    const untold = [...room.stayers.values()].filter(({ told, changes }) => told < changes)
    for (const some of inLots(untold)) await this.#send(room, some, 'again')
  }

  // Redis was away for longer than the lease, or has lost what it knew.
  async #enterAgain(room: TendedRoom): Promise<void> {
    const { history } = this.#tools.book.redis
    const why = history === room.history ? 'again' : 'lost'
    for (const some of inLots([...room.stayers.values()])) await this.#send(room, some, why)
    room.history = history
    room.forgotten = false
  }

  async #send(room: TendedRoom, stayers: readonly Stayer[], why: 'moved' | 'again' | 'lost'): Promise<void> {
    const { book, clock, names, tag, turn, heard } = this.#tools
    let asking = stayers
    for (let round = 0; asking.length > 0; round++) {
      const sent = asking.map((stayer) => ({ stayer, changes: stayer.changes }))
      const list = asking.map(({ id, member, streams: { connected, confirmed }, name }) => {
        const wanted = connected + confirmed > 0 ? names(room.slug, member, round, name) : []
        return [id, tag(room.slug, member), connected, confirmed, wanted]
      })
      const [before, now, up] = [turn(), clock.elapsed(), book.redis.up]
      let needy: readonly string[]
      try {
        const words = [this.#process, why, JSON.stringify(list)]
        const reply = await book.run('streams', room.slug, room.keys, words)
        this.#leased(room, reply.known, now)
        for (const { id, seat } of reply.seats) {
          const stayer = room.stayers.get(id)
          if (stayer) heard(room.slug, stayer, seat, before)
        }
        needy = reply.needy
      } catch (error) {
        for (const { stayer } of sent) {
          stayer.sent ||= up && !isFull(error)
          this.#stays.settle(room, stayer)
        }
        throw error
      }
      for (const { stayer, changes } of sent.filter(({ stayer }) => !needy.includes(stayer.id))) {
        stayer.sent = true
        stayer.told = Math.max(stayer.told, changes)
        this.#stays.settle(room, stayer)
      }
      asking = asking.filter(({ id }) => needy.includes(id))
    }
  }

  #leased(room: TendedRoom, known: boolean, now: number): void {
    room.leasedAt = now
    if (!room.known) {
      room.known = true
      room.history = this.#tools.book.redis.history
    } else if (!known) {
      // Redis has forgotten the others, and must hear of them.
      room.forgotten = true
      room.dueAt = 0
    }
  }
}

function inLots<Item>(items: readonly Item[]): Item[][] {
  const lots: Item[][] = []
  for (let from = 0; from < items.length; from += MEMBERS_AT_ONCE)
    lots.push(items.slice(from, from + MEMBERS_AT_ONCE))
  return lots
}
