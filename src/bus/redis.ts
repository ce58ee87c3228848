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
import type { Bus, BusMessage } from '../chat/ports/bus.ts'
import type { Clock, Undo } from '../chat/ports/clock.ts'
import type { Secrets } from '../chat/ports/secrets.ts'
import { Refusal } from '../chat/refusal.ts'
import type { Slug } from '../chat/room.ts'
import type { BusSignal } from '../chat/signal.ts'
import type { RedisAddress } from '../redis/client.ts'
import type { Redis } from '../redis/redis.ts'
import { redisUnavailable } from '../redis/refusals.ts'
import { hideFromSlowLog } from '../redis/slow-log.ts'
import { Subscriptions } from '../redis/subscriptions.ts'
import {
  decodeWire,
  encodeUnnumbered,
  encodeWire,
  type SeatChanged,
  type TokenRevoked,
} from '../redis/wire.ts'
import { KEY_TTL_MS } from './idempotency-keys.ts'
import { keyReused } from './key-reused.ts'
import { RedisLossDetector } from './redis-loss-detector.ts'
import { POST_MESSAGE } from './redis-scripts.ts'

/** Where to subscribe is `redis`'s own address. */
export interface RedisBusTools extends RedisAddress {
  readonly redis: Redis
  readonly clock: Clock
  readonly secrets: Secrets
  /** Redis can be reached no more, or again. */
  readonly onConnectionChange: (up: boolean) => void
  /** The room is listened to from now on: what was remembered of it before may be old. */
  readonly onFollow: (room: Slug) => void
  /** Is told of all that is heard, before any listener: what the process remembers may be old by it. */
  readonly onMessage: (room: Slug, heard: RoomEvent | BusSignal | SeatChanged | TokenRevoked) => void
  readonly report: (error: unknown) => void
}

/** What of a room is followed here. */
interface FollowedRoom {
  readonly listeners: Set<(heard: BusMessage) => void>
  readonly unsubscribe: Undo
}

/** Joins processes: each room has a channel, which is subscribed to only while somebody here listens. */
export class RedisBus implements Bus {
  readonly #tools: RedisBusTools
  readonly #redis: Redis
  readonly #lossDetector: RedisLossDetector
  readonly #followedRooms = new Map<Slug, Promise<FollowedRoom>>()
  readonly #subscribedAt = new Map<Slug, number>()
  readonly #unwatch: Undo
  #subscriptions: Subscriptions | undefined
  #up = true

  private constructor(tools: RedisBusTools) {
    this.#tools = tools
    this.#redis = tools.redis
    this.#lossDetector = new RedisLossDetector(tools.redis, tools.clock, {
      onPosition: (room, id) => this.#deliver(room, { kind: 'position', id }),
      report: tools.report,
    })
    this.#unwatch = tools.redis.onConnectionChange(() => this.#checkConnection())
  }

  static async open(tools: RedisBusTools): Promise<RedisBus> {
    const bus = new RedisBus(tools)
    bus.#subscriptions = await Subscriptions.open({
      ...tools,
      onConnectionChange: () => bus.#checkConnection(),
    })
    return bus
  }

  /** The newest event of the room that this process has seen. */
  lastSeen(room: Slug): EventId | undefined {
    return this.#lossDetector.lastSeen(room)
  }

  /**
   * Since when all that is published in the room is overheard here, in milliseconds as of `elapsed()`; infinite where it
   * is not. What was lost on a broken connection is told by `changed`.
   */
  subscribedSince(room: Slug): number {
    return (this.#up ? this.#subscribedAt.get(room) : undefined) ?? Number.POSITIVE_INFINITY
  }

  async post(room: Slug, member: Member, author: Author, draft: Draft): Promise<Posted> {
    const { keys } = this.#redis
    const { secrets } = this.#tools
    const now = this.#redis.now()
    const rest = { kind: 'posted', at: now, author, text: draft.text } as const
    const known = this.lastSeen(room)
    const digest = draft.key === undefined ? '' : secrets.digest('text', draft.text)
    const reply = await this.#redis.run(
      POST_MESSAGE,
      [keys.room(room, 'n'), keys.room(room, `key:${digestKey(member, draft)}`), keys.room(room, 'room')],
      [
        keys.channel(room),
        epochAt(now),
        this.#redis.continuityId,
        known ? formatId(known) : '',
        hideFromSlowLog(encodeUnnumbered(rest)),
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
      case 'repeat':
        return { ...rest, room, ...this.#readKeyRecord(word, draft.text) }
      case 'kept':
        throw new Refusal('busy', BECAME_KEPT, 1)
    }
    throw redisUnavailable()
  }

  publish(event: RoomEvent): Promise<void> {
    return this.#send(event.room, encodeWire(event))
  }

  signal(room: Slug, signal: BusSignal): Promise<void> {
    return this.#send(room, encodeWire(signal))
  }

  async top(room: Slug): Promise<EventId> {
    const top = (await this.#lossDetector.readTop(room)) ?? this.#lossDetector.unusedTop()
    this.#lossDetector.markSeen(room, top)
    return top
  }

  async listen(room: Slug, listener: (heard: BusMessage) => void): Promise<Undo> {
    const following = this.#followedRooms.get(room) ?? this.#follow(room)
    const { listeners, unsubscribe } = await following
    listeners.add(listener)
    return () => {
      if (!listeners.delete(listener) || listeners.size > 0) return
      if (this.#followedRooms.get(room) !== following) return
      this.#followedRooms.delete(room)
      this.#subscribedAt.delete(room)
      this.#lossDetector.unwatchRoom(room)
      unsubscribe()
    }
  }

  close(): void {
    this.#unwatch()
    this.#lossDetector.close()
    this.#subscriptions?.close()
  }

  #follow(room: Slug): Promise<FollowedRoom> {
    const following = this.#subscribe(room)
    this.#followedRooms.set(room, following)
    following.catch(() => this.#followedRooms.delete(room))
    return following
  }

  async #subscribe(room: Slug): Promise<FollowedRoom> {
    if (!this.#subscriptions) throw new Error('The bus is not open')
    const listeners = new Set<(heard: BusMessage) => void>()
    this.#lossDetector.watchRoom(room)
    const unsubscribe = await this.#subscriptions.subscribe(this.#redis.keys.channel(room), (text) => {
      const heard = decodeWire(room, text)
      if (!heard) return
      this.#tools.onMessage(room, heard)
      if (heard.kind === 'seat' || heard.kind === 'token') return
      if ('id' in heard) this.#lossDetector.markSeen(room, heard.id)
      for (const listener of listeners) listener(heard)
    })
    this.#subscribedAt.set(room, this.#tools.clock.elapsed())
    this.#tools.onFollow(room)
    return { listeners, unsubscribe }
  }

  #deliver(room: Slug, heard: BusMessage): void {
    this.#followedRooms.get(room)?.then(
      ({ listeners }) => {
        for (const listener of listeners) listener(heard)
      },
      // Nobody listens there.
      () => {},
    )
  }

  #readKeyRecord(record: string, text: string): Pick<Posted, 'id' | 'at'> {
    const [id, at, digest = ''] = record.split(' ')
    const first = parseCursor(id)
    if (!first || !this.#tools.secrets.verify(digest, 'text', text)) throw keyReused()
    return { id: first, at: Number(at) }
  }

  async #send(room: Slug, text: string): Promise<void> {
    await this.#redis.command('SPUBLISH', this.#redis.keys.channel(room), text)
  }

  #checkConnection(): void {
    const up = this.#redis.up && (this.#subscriptions?.up ?? true)
    if (up) this.#lossDetector.checkSoon()
    if (up === this.#up) return
    this.#up = up
    this.#tools.onConnectionChange(up)
  }
}

function digestKey(member: Member, { key = '' }: Draft): string {
  return createHash('sha256').update(`${member.id}\n${key}`).digest('base64url')
}

const BECAME_KEPT = 'This room has just become a kept room. Send again to post this in it.'
