import type { Name } from '../../chat/names/name.ts'
import type { Clock, Undo } from '../../chat/ports/clock.ts'
import type { Tokens } from '../../chat/ports/tokens.ts'
import { RecentCache } from '../../chat/recent-cache.ts'
import { Refusal } from '../../chat/refusal.ts'
import type { Slug } from '../../chat/room.ts'
import { type Scope, TOKENS_MAX, type Token, type TokenId, tokenId } from '../../chat/token.ts'
import { TokenRevocations } from '../../chat/token-revocations.ts'
import { KEPT_ROOMS } from '../../redis/inspect-server.ts'
import type { Redis } from '../../redis/redis.ts'
import { redisUnavailable } from '../../redis/refusals.ts'
import { encodeWire } from '../../redis/wire.ts'
import { isRejection, rejected } from '../rejection.ts'
import { ADD_TOKEN, REVOKE_TOKEN } from './token-scripts.ts'

/** Of a room, a hash: id → JSON. The one that stands alone, a hash: id → the id and the hash of its room's name. */
export const TOKENS = 'tokens'

/** How long a token is believed to be good in rooms of which this process hears nothing, and in the others. */
const UNSUBSCRIBED_TTL_MS = 500
const SUBSCRIBED_TTL_MS = 10_000

/** Tokens that are remembered, some two hundred bytes each. */
const CACHED_TOKENS_MAX = 10_000

export interface RedisTokensTools {
  readonly redis: Redis
  readonly clock: Clock
  /** Since when `forget` is called for each token of the room that is ended, as of `elapsed()`; infinite where it is not. */
  readonly subscribedSince: (room: Slug) => number
  /** Takes what went wrong where nobody waits for an answer. */
  readonly report: (error: unknown) => void
}

interface CachedToken {
  readonly room: Slug
  readonly token: Token
  /** When it was asked for, as of `elapsed()`. */
  readonly fetchedAt: number
}

/** Tokens in Redis, of all processes that use it: each stands in its room's keys, and in a list of all. */
export class RedisTokens implements Tokens {
  readonly #tools: RedisTokensTools
  readonly #cache = new RecentCache<CachedToken>(CACHED_TOKENS_MAX)
  readonly #revocations = new TokenRevocations()
  // What was asked for before something was forgotten is not remembered.
  #generation = 0

  constructor(tools: RedisTokensTools) {
    this.#tools = tools
  }

  async add(room: Slug, token: Token): Promise<void> {
    const { redis } = this.#tools
    // First: what is in the list alone is no token, and what is not in it could be ended by no command.
    const entry = `${token.id} ${redis.keys.roomHash(room)}`
    await redis.command('HSET', redis.keys.global(TOKENS), token.id, entry)
    const words = [redis.now(), token.id, JSON.stringify(token), TOKENS_MAX]
    const [outcome] = (await redis.run(ADD_TOKEN, redis.keys.roomParts(room, ['room', TOKENS]), words)) as [
      string,
    ]
    if (outcome === 'done') return
    await this.#unlist(token.id)
    throw isRejection(outcome) ? rejected(outcome) : redisUnavailable()
  }

  async find(room: Slug, id: TokenId): Promise<Token | 'other-room' | undefined> {
    const { redis, clock } = this.#tools
    const known = this.#cache.get(id)
    if (known?.room === room && this.#isFresh(known)) return known.token
    const [forgotten, fetchedAt] = [this.#generation, clock.elapsed()]
    const json = await redis.command('HGET', redis.keys.room(room, TOKENS), id)
    if (json === null) return (await this.#findTag(id)) === undefined ? undefined : 'other-room'
    const token = decodeToken(json)
    if (forgotten === this.#generation) this.#cache.set(id, { room, token, fetchedAt })
    return token
  }

  async list(room: Slug): Promise<readonly Token[]> {
    return this.#tokensIn(this.#tools.redis.keys.channel(room))
  }

  async listAll(): Promise<readonly { readonly room: Slug | undefined; readonly token: Token }[]> {
    const { redis } = this.#tools
    const { keys } = redis
    const rooms = (await redis.command('SMEMBERS', keys.global(KEPT_ROOMS))) as Slug[]
    const named = new Map(rooms.map((room) => [keys.roomHash(room), room]))
    const entries = (await redis.command('HVALS', keys.global(TOKENS))) as string[]
    const found: { room: Slug | undefined; token: Token }[] = []
    for (const tag of new Set(entries.map((entry) => entry.split(' ')[1] ?? '')))
      for (const token of await this.#tokensIn(keys.channelOfHash(tag)))
        found.push({ room: named.get(tag), token })
    return found
  }

  async revoke(id: TokenId, room?: Slug): Promise<boolean> {
    const { redis } = this.#tools
    const tag = room === undefined ? await this.#findTag(id) : redis.keys.roomHash(room)
    if (tag === undefined) return false
    const channel = redis.keys.channelOfHash(tag)
    const words = [id, channel, encodeWire({ kind: 'token', token: id })]
    const there = await redis.run(REVOKE_TOKEN, [`${channel}:${TOKENS}`], words)
    if (there !== 1) return false
    this.handleRevocation(id)
    await this.#unlist(id)
    return true
  }

  onRevoked(room: Slug, id: TokenId, run: () => void): Undo {
    const undo = this.#revocations.listen(room, id, run)
    this.#recheck(id, room)
    return undo
  }

  /** The token is no more. */
  handleRevocation(id: TokenId): void {
    this.#generation++
    this.#cache.delete(id)
    this.#revocations.notify(id)
  }

  /** Any token may be no more, and nobody told this process. */
  invalidateAll(): void {
    this.#generation++
    this.#cache.clear()
  }

  /** Looks whether those are still there whose end somebody waits for. */
  recheckAwaited(): void {
    for (const [id, room] of this.#revocations.tokensWithListeners) this.#recheck(id, room)
  }

  #isFresh({ room, fetchedAt }: CachedToken): boolean {
    const { clock, subscribedSince } = this.#tools
    return (
      clock.elapsed() - fetchedAt <
      (fetchedAt >= subscribedSince(room) ? SUBSCRIBED_TTL_MS : UNSUBSCRIBED_TTL_MS)
    )
  }

  #recheck(id: TokenId, room: Slug): void {
    this.find(room, id).then(
      (token) => {
        if (token === undefined || token === 'other-room') this.handleRevocation(id)
      },
      (error) => {
        // Whatever keeps it away now, it is looked at when that is over.
        if (!(error instanceof Refusal)) this.#tools.report(error)
      },
    )
  }

  /** Where the token is, if there is one: one that is in the list alone is none. */
  async #findTag(id: TokenId): Promise<string | undefined> {
    const { redis } = this.#tools
    const entry = await redis.command('HGET', redis.keys.global(TOKENS), id)
    const tag = typeof entry === 'string' ? entry.split(' ')[1] : undefined
    if (tag === undefined) return undefined
    const there = await redis.command('HGET', `${redis.keys.channelOfHash(tag)}:${TOKENS}`, id)
    return there === null ? undefined : tag
  }

  async #tokensIn(channel: string): Promise<Token[]> {
    const jsons = (await this.#tools.redis.command('HVALS', `${channel}:${TOKENS}`)) as string[]
    return jsons.map(decodeToken).sort((one, other) => one.made - other.made || (one.id < other.id ? -1 : 1))
  }

  async #unlist(id: TokenId): Promise<void> {
    const { redis } = this.#tools
    await redis.command('HDEL', redis.keys.global(TOKENS), id)
  }
}

/** Trusted: only Snug writes it. */
export function decodeToken(json: unknown): Token {
  const { id, imprint, name, scopes, made } = JSON.parse(String(json))
  return {
    id: tokenId(String(id)),
    imprint: String(imprint),
    name: String(name) as Name,
    scopes: scopes as Scope[],
    made: Number(made),
  }
}
