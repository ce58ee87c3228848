import { createHash } from 'node:crypto'
import { VANISHING_TTL_MS } from '../chat/delivery/resume.ts'
import {
  type Author,
  type EventId,
  epochAt,
  formatId,
  type Posted,
  parseCursor,
  type RoomEvent,
} from '../chat/event.ts'
import type { Member } from '../chat/member.ts'
import type { Draft } from '../chat/message.ts'
import type { Bus, Heard } from '../chat/ports/bus.ts'
import type { Clock, Undo } from '../chat/ports/clock.ts'
import type { Secrets } from '../chat/ports/secrets.ts'
import { Refusal } from '../chat/refusal.ts'
import type { Slug } from '../chat/room.ts'
import type { BusSignal } from '../chat/signal.ts'
import type { RedisAddress } from '../redis/client.ts'
import type { Redis } from '../redis/redis.ts'
import { Subscriptions } from '../redis/subscriptions.ts'
import { away } from '../redis/trouble.ts'
import { unlogged } from '../redis/unlogged.ts'
import { decodeWire, encodeRest, encodeWire, type Reseated, type Revoked } from '../redis/wire.ts'
import { KEY_TTL_MS } from './idempotency-keys.ts'
import { otherText } from './key-reused.ts'
import { Lookout } from './redis-loss-detector.ts'
import { POST } from './redis-scripts.ts'

/** Where to subscribe is `redis`'s own address. */
export interface RedisBusTools extends RedisAddress {
  readonly redis: Redis
  readonly clock: Clock
  readonly secrets: Secrets
  /** Redis can be reached no more, or again. */
  readonly changed: (up: boolean) => void
  /** The room is listened to from now on: what was remembered of it before may be old. */
  readonly followed: (room: Slug) => void
  /** Is told of all that is heard, before any listener: what the process remembers may be old by it. */
  readonly overhear: (room: Slug, heard: RoomEvent | BusSignal | Reseated | Revoked) => void
  readonly report: (error: unknown) => void
}

/** What of a room is followed here. */
interface Followed {
  readonly listeners: Set<(heard: Heard) => void>
  readonly unhear: Undo
}

/** Joins processes: each room has a channel, which is subscribed to only while somebody here listens. */
export class RedisBus implements Bus {
  readonly #tools: RedisBusTools
  readonly #redis: Redis
  readonly #lookout: Lookout
  readonly #followed = new Map<Slug, Promise<Followed>>()
  readonly #heardSince = new Map<Slug, number>()
  readonly #unwatch: Undo
  #subscriptions: Subscriptions | undefined
  #up = true

  private constructor(tools: RedisBusTools) {
    this.#tools = tools
    this.#redis = tools.redis
    this.#lookout = new Lookout(tools.redis, tools.clock, {
      tell: (room, id) => this.#tell(room, { kind: 'standing', id }),
      report: tools.report,
    })
    this.#unwatch = tools.redis.watch(() => this.#check())
  }

  static async open(tools: RedisBusTools): Promise<RedisBus> {
    const bus = new RedisBus(tools)
    bus.#subscriptions = await Subscriptions.open({ ...tools, changed: () => bus.#check() })
    return bus
  }

  /** The newest event of the room that this process has seen. */
  known(room: Slug): EventId | undefined {
    return this.#lookout.heard(room)
  }

  /**
   * Since when all that is published in the room is overheard here, in milliseconds as of `elapsed()`; infinite where it
   * is not. What was lost on a broken connection is told by `changed`.
   */
  hearsSince(room: Slug): number {
    return (this.#up ? this.#heardSince.get(room) : undefined) ?? Number.POSITIVE_INFINITY
  }

  async post(room: Slug, member: Member, author: Author, draft: Draft): Promise<Posted> {
    const { keys } = this.#redis
    const { secrets } = this.#tools
    const now = this.#redis.now()
    const rest = { kind: 'posted', at: now, author, text: draft.text } as const
    const known = this.known(room)
    const digest = draft.key === undefined ? '' : secrets.digest('text', draft.text)
    const reply = await this.#redis.run(
      POST,
      [keys.room(room, 'n'), keys.room(room, `key:${keyName(member, draft)}`), keys.room(room, 'room')],
      [
        keys.channel(room),
        epochAt(now),
        this.#redis.history,
        known ? formatId(known) : '',
        unlogged(encodeRest(rest)),
        draft.key === undefined ? '0' : '1',
        KEY_TTL_MS,
        VANISHING_TTL_MS,
        now,
        digest,
      ],
    )
    const [outcome, word = '', seq] = reply as [string, string?, number?]
    switch (outcome) {
      case 'new':
        return { ...rest, id: { epoch: word, seq: Number(seq) }, room }
      case 'first':
        return { ...rest, room, ...this.#first(word, draft.text) }
      case 'kept':
        throw new Refusal('busy', JUST_KEPT, 1)
    }
    throw away()
  }

  carry(event: RoomEvent): Promise<void> {
    return this.#publish(event.room, encodeWire(event))
  }

  signal(room: Slug, signal: BusSignal): Promise<void> {
    return this.#publish(room, encodeWire(signal))
  }

  async top(room: Slug): Promise<EventId> {
    const top = (await this.#lookout.read(room)) ?? this.#lookout.unused()
    this.#lookout.note(room, top)
    return top
  }

  async listen(room: Slug, listener: (heard: Heard) => void): Promise<Undo> {
    const following = this.#followed.get(room) ?? this.#follow(room)
    const { listeners, unhear } = await following
    listeners.add(listener)
    return () => {
      if (!listeners.delete(listener) || listeners.size > 0) return
      if (this.#followed.get(room) !== following) return
      this.#followed.delete(room)
      this.#heardSince.delete(room)
      this.#lookout.leave(room)
      unhear()
    }
  }

  close(): void {
    this.#unwatch()
    this.#lookout.close()
    this.#subscriptions?.close()
  }

  #follow(room: Slug): Promise<Followed> {
    const following = this.#hear(room)
    this.#followed.set(room, following)
    following.catch(() => this.#followed.delete(room))
    return following
  }

  async #hear(room: Slug): Promise<Followed> {
    if (!this.#subscriptions) throw new Error('The bus is not open')
    const listeners = new Set<(heard: Heard) => void>()
    this.#lookout.follow(room)
    const unhear = await this.#subscriptions.hear(this.#redis.keys.channel(room), (text) => {
      const heard = decodeWire(room, text)
      if (!heard) return
      this.#tools.overhear(room, heard)
      if (heard.kind === 'seat' || heard.kind === 'token') return
      if ('id' in heard) this.#lookout.note(room, heard.id)
      for (const listener of listeners) listener(heard)
    })
    this.#heardSince.set(room, this.#tools.clock.elapsed())
    this.#tools.followed(room)
    return { listeners, unhear }
  }

  #tell(room: Slug, heard: Heard): void {
    this.#followed.get(room)?.then(
      ({ listeners }) => {
        for (const listener of listeners) listener(heard)
      },
      // Nobody listens there.
      () => {},
    )
  }

  #first(record: string, text: string): Pick<Posted, 'id' | 'at'> {
    const [id, at, digest = ''] = record.split(' ')
    const first = parseCursor(id)
    if (!first || !this.#tools.secrets.proves(digest, 'text', text)) throw otherText()
    return { id: first, at: Number(at) }
  }

  async #publish(room: Slug, text: string): Promise<void> {
    await this.#redis.command('SPUBLISH', this.#redis.keys.channel(room), text)
  }

  #check(): void {
    const up = this.#redis.up && (this.#subscriptions?.up ?? true)
    if (up) this.#lookout.lookSoon()
    if (up === this.#up) return
    this.#up = up
    this.#tools.changed(up)
  }
}

function keyName(member: Member, { key = '' }: Draft): string {
  return createHash('sha256').update(`${member.id}\n${key}`).digest('base64url')
}

const JUST_KEPT = 'This room has just become a kept room. Send again to post this in it.'
