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
import { ADD_TOKEN, REVOKE_TOKEN } from './lua/tokens.ts'

/**
 * Key of a room, a hash: id → JSON. Also the global index of all tokens, a hash: id → `<id> <hash of the room's name>`.
 */
export const TOKENS = 'tokens'

/** How long a token is cached, in rooms without and with a subscription of this process. */
const UNSUBSCRIBED_TTL_MS = 500
const SUBSCRIBED_TTL_MS = 10_000

/** Cached tokens, some two hundred bytes each. */
const CACHED_TOKENS_MAX = 10_000

export interface RedisTokensTools {
  readonly redis: Redis
  readonly clock: Clock
  /**
   * Since when `handleRevocation` is called for each revoked token of the room, as of `elapsed()`; infinite if it is
   * not called.
   */
  readonly subscribedSince: (room: Slug) => number
  /** Receives errors that no caller waits for. */
  readonly report: (error: unknown) => void
}

interface CachedToken {
  readonly room: Slug
  readonly token: Token
  /** When it was requested, as of `elapsed()`. */
  readonly fetchedAt: number
}

/** Stores tokens in Redis for all processes that use it. Each token is in a key of its room and in an index of all. */
export class RedisTokens implements Tokens {
  readonly #tools: RedisTokensTools
  readonly #cache = new RecentCache<CachedToken>(CACHED_TOKENS_MAX)
  readonly #revocations = new TokenRevocations()
  // Changes with each invalidation. A token that was requested before one is not cached.
  #generation = 0

  constructor(tools: RedisTokensTools) {
    this.#tools = tools
  }

  async add(room: Slug, token: Token): Promise<void> {
    const { redis } = this.#tools
    // The index comes first: an entry without a token does no harm, but no command could revoke a token without an
    // entry.
    const entry = `${token.id} ${redis.keys.roomHash(room)}`
    await redis.command('HSET', redis.keys.global(TOKENS), token.id, entry)
    const args = [redis.now(), token.id, JSON.stringify(token), TOKENS_MAX]
    const [status] = (await redis.run(ADD_TOKEN, redis.keys.roomParts(room, ['room', TOKENS]), args)) as [
      string,
    ]
    if (status === 'done') return
    await this.#unlist(token.id)
    throw isRejection(status) ? rejected(status) : redisUnavailable()
  }

  async find(room: Slug, id: TokenId): Promise<Token | 'other-room' | undefined> {
    const { redis, clock } = this.#tools
    const cached = this.#cache.get(id)
    if (cached?.room === room && this.#isFresh(cached)) return cached.token
    const [generation, fetchedAt] = [this.#generation, clock.elapsed()]
    const json = await redis.command('HGET', redis.keys.room(room, TOKENS), id)
    if (json === null) return (await this.#findRoomHash(id)) === undefined ? undefined : 'other-room'
    const token = decodeToken(json)
    if (generation === this.#generation) this.#cache.set(id, { room, token, fetchedAt })
    return token
  }

  async list(room: Slug): Promise<readonly Token[]> {
    return this.#tokensIn(this.#tools.redis.keys.channel(room))
  }

  async listAll(): Promise<readonly { readonly room: Slug | undefined; readonly token: Token }[]> {
    const { redis } = this.#tools
    const { keys } = redis
    const rooms = (await redis.command('SMEMBERS', keys.global(KEPT_ROOMS))) as Slug[]
    const slugsByHash = new Map(rooms.map((room) => [keys.roomHash(room), room]))
    const entries = (await redis.command('HVALS', keys.global(TOKENS))) as string[]
    const found: { room: Slug | undefined; token: Token }[] = []
    for (const roomHash of new Set(entries.map((entry) => entry.split(' ')[1] ?? '')))
      for (const token of await this.#tokensIn(keys.channelOfHash(roomHash)))
        found.push({ room: slugsByHash.get(roomHash), token })
    return found
  }

  async revoke(id: TokenId, room?: Slug): Promise<boolean> {
    const { redis } = this.#tools
    const roomHash = room === undefined ? await this.#findRoomHash(id) : redis.keys.roomHash(room)
    if (roomHash === undefined) return false
    const channel = redis.keys.channelOfHash(roomHash)
    const args = [id, channel, encodeWire({ kind: 'token', token: id })]
    const deleted = await redis.run(REVOKE_TOKEN, [`${channel}:${TOKENS}`], args)
    if (deleted !== 1) return false
    this.handleRevocation(id)
    await this.#unlist(id)
    return true
  }

  onRevoked(room: Slug, id: TokenId, run: () => void): Undo {
    const undo = this.#revocations.listen(room, id, run)
    this.#recheck(id, room)
    return undo
  }

  /** Must be called when the token was revoked. */
  handleRevocation(id: TokenId): void {
    this.#generation++
    this.#cache.delete(id)
    this.#revocations.notify(id)
  }

  /** Must be called when this process may have missed revocations. */
  invalidateAll(): void {
    this.#generation++
    this.#cache.clear()
  }

  /** Checks whether the tokens with listeners still exist. */
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
        // After a refusal, the token is checked again when Redis is back.
        if (!(error instanceof Refusal)) this.#tools.report(error)
      },
    )
  }

  /** The hash of the token's room, if the token exists. An entry in the index is not enough. */
  async #findRoomHash(id: TokenId): Promise<string | undefined> {
    const { redis } = this.#tools
    const entry = await redis.command('HGET', redis.keys.global(TOKENS), id)
    const roomHash = typeof entry === 'string' ? entry.split(' ')[1] : undefined
    if (roomHash === undefined) return undefined
    const json = await redis.command('HGET', `${redis.keys.channelOfHash(roomHash)}:${TOKENS}`, id)
    return json === null ? undefined : roomHash
  }

  async #tokensIn(channel: string): Promise<Token[]> {
    const values = (await this.#tools.redis.command('HVALS', `${channel}:${TOKENS}`)) as string[]
    return values.map(decodeToken).sort((one, other) => one.made - other.made || (one.id < other.id ? -1 : 1))
  }

  async #unlist(id: TokenId): Promise<void> {
    const { redis } = this.#tools
    await redis.command('HDEL', redis.keys.global(TOKENS), id)
  }
}

/** Decodes a token. It is trusted, because only Snug writes it. */
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
