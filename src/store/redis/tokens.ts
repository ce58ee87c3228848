import type { Name } from '../../chat/names/name.ts'
import type { Clock, Undo } from '../../chat/ports/clock.ts'
import type { Tokens } from '../../chat/ports/tokens.ts'
import { Recent } from '../../chat/recent-cache.ts'
import { Refusal } from '../../chat/refusal.ts'
import type { Slug } from '../../chat/room.ts'
import { type Scope, TOKENS_MAX, type Token, type TokenId, tokenId } from '../../chat/token.ts'
import { Revocations } from '../../chat/token-revocations.ts'
import { KEPT_ROOMS } from '../../redis/fitness.ts'
import type { Redis } from '../../redis/redis.ts'
import { away } from '../../redis/trouble.ts'
import { encodeWire } from '../../redis/wire.ts'
import { denied, isDenial } from '../rejection.ts'
import { ADD, REVOKE } from './token-scripts.ts'

/** Of a room, a hash: id → JSON. The one that stands alone, a hash: id → the id and the hash of its room's name. */
export const TOKENS = 'tokens'

/** How long a token is believed to be good in rooms of which this process hears nothing, and in the others. */
const BELIEVED_MS = 500
const SURE_MS = 10_000

/** Tokens that are remembered, some two hundred bytes each. */
const KNOWN_MAX = 10_000

export interface RedisTokensTools {
  readonly redis: Redis
  readonly clock: Clock
  /** Since when `forget` is called for each token of the room that is ended, as of `elapsed()`; infinite where it is not. */
  readonly hearsSince: (room: Slug) => number
  /** Takes what went wrong where nobody waits for an answer. */
  readonly report: (error: unknown) => void
}

interface Known {
  readonly room: Slug
  readonly token: Token
  /** When it was asked for, as of `elapsed()`. */
  readonly at: number
}

/** Tokens in Redis, of all processes that use it: each stands in its room's keys, and in a list of all. */
export class RedisTokens implements Tokens {
  readonly #tools: RedisTokensTools
  readonly #known = new Recent<Known>(KNOWN_MAX)
  readonly #revocations = new Revocations()
  // What was asked for before something was forgotten is not remembered.
  #forgotten = 0

  constructor(tools: RedisTokensTools) {
    this.#tools = tools
  }

  async add(room: Slug, token: Token): Promise<void> {
    const { redis } = this.#tools
    // First: what is in the list alone is no token, and what is not in it could be ended by no command.
    const entry = `${token.id} ${redis.keys.tag(room)}`
    await redis.command('HSET', redis.keys.global(TOKENS), token.id, entry)
    const words = [redis.now(), token.id, JSON.stringify(token), TOKENS_MAX]
    const [outcome] = (await redis.run(ADD, redis.keys.parts(room, ['room', TOKENS]), words)) as [string]
    if (outcome === 'done') return
    await this.#unlist(token.id)
    throw isDenial(outcome) ? denied(outcome) : away()
  }

  async find(room: Slug, id: TokenId): Promise<Token | 'elsewhere' | undefined> {
    const { redis, clock } = this.#tools
    const known = this.#known.get(id)
    if (known?.room === room && this.#isBelieved(known)) return known.token
    const [forgotten, at] = [this.#forgotten, clock.elapsed()]
    const json = await redis.command('HGET', redis.keys.room(room, TOKENS), id)
    if (json === null) return (await this.#tagOf(id)) === undefined ? undefined : 'elsewhere'
    const token = decode(json)
    if (forgotten === this.#forgotten) this.#known.set(id, { room, token, at })
    return token
  }

  async of(room: Slug): Promise<readonly Token[]> {
    return this.#in(this.#tools.redis.keys.channel(room))
  }

  async all(): Promise<readonly { readonly room: Slug | undefined; readonly token: Token }[]> {
    const { redis } = this.#tools
    const { keys } = redis
    const rooms = (await redis.command('SMEMBERS', keys.global(KEPT_ROOMS))) as Slug[]
    const named = new Map(rooms.map((room) => [keys.tag(room), room]))
    const entries = (await redis.command('HVALS', keys.global(TOKENS))) as string[]
    const found: { room: Slug | undefined; token: Token }[] = []
    for (const tag of new Set(entries.map((entry) => entry.split(' ')[1] ?? '')))
      for (const token of await this.#in(keys.tagged(tag))) found.push({ room: named.get(tag), token })
    return found
  }

  async revoke(id: TokenId, room?: Slug): Promise<boolean> {
    const { redis } = this.#tools
    const tag = room === undefined ? await this.#tagOf(id) : redis.keys.tag(room)
    if (tag === undefined) return false
    const channel = redis.keys.tagged(tag)
    const words = [id, channel, encodeWire({ kind: 'token', token: id })]
    const there = await redis.run(REVOKE, [`${channel}:${TOKENS}`], words)
    if (there !== 1) return false
    this.forget(id)
    await this.#unlist(id)
    return true
  }

  whenRevoked(room: Slug, id: TokenId, run: () => void): Undo {
    const undo = this.#revocations.wait(room, id, run)
    this.#look(id, room)
    return undo
  }

  /** The token is no more. */
  forget(id: TokenId): void {
    this.#forgotten++
    this.#known.delete(id)
    this.#revocations.tell(id)
  }

  /** Any token may be no more, and nobody told this process. */
  forgetAll(): void {
    this.#forgotten++
    this.#known.clear()
  }

  /** Looks whether those are still there whose end somebody waits for. */
  lookAgain(): void {
    for (const [id, room] of this.#revocations.awaited) this.#look(id, room)
  }

  #isBelieved({ room, at }: Known): boolean {
    const { clock, hearsSince } = this.#tools
    return clock.elapsed() - at < (at >= hearsSince(room) ? SURE_MS : BELIEVED_MS)
  }

  #look(id: TokenId, room: Slug): void {
    this.find(room, id).then(
      (token) => {
        if (token === undefined || token === 'elsewhere') this.forget(id)
      },
      (error) => {
        // Whatever keeps it away now, it is looked at when that is over.
        if (!(error instanceof Refusal)) this.#tools.report(error)
      },
    )
  }

  /** Where the token is, if there is one: one that is in the list alone is none. */
  async #tagOf(id: TokenId): Promise<string | undefined> {
    const { redis } = this.#tools
    const entry = await redis.command('HGET', redis.keys.global(TOKENS), id)
    const tag = typeof entry === 'string' ? entry.split(' ')[1] : undefined
    if (tag === undefined) return undefined
    const there = await redis.command('HGET', `${redis.keys.tagged(tag)}:${TOKENS}`, id)
    return there === null ? undefined : tag
  }

  async #in(channel: string): Promise<Token[]> {
    const jsons = (await this.#tools.redis.command('HVALS', `${channel}:${TOKENS}`)) as string[]
    return jsons.map(decode).sort((one, other) => one.made - other.made || (one.id < other.id ? -1 : 1))
  }

  async #unlist(id: TokenId): Promise<void> {
    const { redis } = this.#tools
    await redis.command('HDEL', redis.keys.global(TOKENS), id)
  }
}

/** Trusted: only Snug writes it. */
export function decode(json: unknown): Token {
  const { id, imprint, name, scopes, made } = JSON.parse(String(json))
  return {
    id: tokenId(String(id)),
    imprint: String(imprint),
    name: String(name) as Name,
    scopes: scopes as Scope[],
    made: Number(made),
  }
}
