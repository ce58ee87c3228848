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

/** The address is that of `redis`: pub/sub needs a connection of its own. */
export interface RedisBusTools extends RedisAddress {
  readonly redis: Redis
  readonly clock: Clock
  readonly secrets: Secrets
  /** Called when the connection to Redis is lost, and when it is back. */
  readonly onConnectionChange: (up: boolean) => void
  /** Channels that belong to no room, with their listeners. */
  readonly channels?: ReadonlyMap<string, (text: string) => void>
  /** Called when this process has subscribed to the room. Cached data of the room may be stale. */
  readonly onFollow: (room: Slug) => void
  /** Called with each message of the room before its listeners, to invalidate caches. */
  readonly onMessage: (room: Slug, message: RoomEvent | BusSignal | SeatChanged | TokenRevoked) => void
  readonly report: (error: unknown) => void
}

/** The subscription of this process to one room. */
interface FollowedRoom {
  readonly listeners: Set<(message: BusMessage) => void>
  readonly unsubscribe: Undo
}

/** The bus between processes. Each room has a channel; a process subscribes to it only while it has listeners. */
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
    this.#unwatch = tools.redis.onConnectionChange((up) => {
      // It may be up again on another server.
      if (up) this.#subscriptions?.verifyNow()
      this.#checkConnection()
    })
  }

  static async open(tools: RedisBusTools): Promise<RedisBus> {
    const bus = new RedisBus(tools)
    bus.#subscriptions = await Subscriptions.open({
      ...tools,
      locate: tools.redis.address.locate,
      verify: (client) => tools.redis.assertSameServer(client),
      onConnectionChange: () => bus.#checkConnection(),
    })
    for (const [channel, listener] of tools.channels ?? [])
      await bus.#subscriptions.subscribe(channel, listener)
    return bus
  }

  /** The newest event id of the room that this process has seen. */
  lastSeen(room: Slug): EventId | undefined {
    return this.#lossDetector.lastSeen(room)
  }

  /**
   * When this process subscribed to the room, in milliseconds as of `elapsed()`; infinity if it is not subscribed or
   * Redis is away. A reconnection does not change it, although messages may be lost: `onConnectionChange` announces it.
   */
  subscribedSince(room: Slug): number {
    return (this.#up ? this.#subscribedAt.get(room) : undefined) ?? Number.POSITIVE_INFINITY
  }

  async post(room: Slug, member: Member, author: Author, draft: Draft): Promise<Posted> {
    const { keys } = this.#redis
    const { secrets } = this.#tools
    const now = this.#redis.now()
    const rest = { kind: 'posted', at: now, author, text: draft.text } as const
    const lastSeen = this.lastSeen(room)
    const digest = draft.key === undefined ? '' : secrets.digest('text', draft.text)
    const reply = await this.#redis.run(
      POST_MESSAGE,
      [keys.room(room, 'n'), keys.room(room, `key:${digestKey(member, draft)}`), keys.room(room, 'room')],
      [
        keys.channel(room),
        epochAt(now),
        this.#redis.continuityId,
        lastSeen ? formatId(lastSeen) : '',
        hideFromSlowLog(encodeUnnumbered(rest)),
        draft.key === undefined ? '0' : '1',
        KEY_TTL_MS,
        VANISHING_TTL_MS,
        now,
        digest,
      ],
    )
    const [result, value = '', seq, at] = reply as [string, string?, number?, number?]
    switch (result) {
      case 'new':
        return { ...rest, id: { epoch: value, seq: Number(seq) }, room, at: Number(at) }
      case 'repeat':
        return { ...rest, room, ...this.#readKeyRecord(value, draft.text) }
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

  async listen(room: Slug, listener: (message: BusMessage) => void): Promise<Undo> {
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
    const listeners = new Set<(message: BusMessage) => void>()
    this.#lossDetector.watchRoom(room)
    const unsubscribe = await this.#subscriptions.subscribe(this.#redis.keys.channel(room), (text) => {
      const message = decodeWire(room, text)
      if (!message) return
      this.#tools.onMessage(room, message)
      if (message.kind === 'seat' || message.kind === 'token') return
      if ('id' in message) this.#lossDetector.markSeen(room, message.id)
      for (const listener of listeners) listener(message)
    })
    this.#subscribedAt.set(room, this.#tools.clock.elapsed())
    this.#tools.onFollow(room)
    return { listeners, unsubscribe }
  }

  #deliver(room: Slug, message: BusMessage): void {
    this.#followedRooms.get(room)?.then(
      ({ listeners }) => {
        for (const listener of listeners) listener(message)
      },
      // The subscription failed: there are no listeners.
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
