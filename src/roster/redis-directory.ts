import type { Directory } from '../chat/ports.ts'
import { VANISHING_TTL_MS } from '../chat/resume.ts'
import type { Slug } from '../chat/room.ts'
import type { Redis } from '../redis/redis.ts'
import { script } from '../redis/script.ts'
import { LISTED_MAX, tooManyListed } from './listed-max.ts'

/** now, room: whether it is listed now. */
const LIST = script(`
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[1])
if not redis.call('ZSCORE', KEYS[1], ARGV[2]) and redis.call('ZCARD', KEYS[1]) >= ${LISTED_MAX} then return 0 end
redis.call('ZADD', KEYS[1], ARGV[1] + ${VANISHING_TTL_MS}, ARGV[2])
redis.call('PEXPIRE', KEYS[1], ${VANISHING_TTL_MS})
return 1`)

/** now, room */
const RENEW = script(`
local till = redis.call('ZSCORE', KEYS[1], ARGV[2])
if not till or tonumber(till) <= tonumber(ARGV[1]) then return end
redis.call('ZADD', KEYS[1], ARGV[1] + ${VANISHING_TTL_MS}, ARGV[2])
redis.call('PEXPIRE', KEYS[1], ${VANISHING_TTL_MS})`)

/** The listed vanishing rooms of all processes: a sorted set of their names by until when they are listed. */
export class RedisDirectory implements Directory {
  readonly #redis: Redis
  readonly #key: string

  constructor(redis: Redis) {
    this.#redis = redis
    this.#key = redis.keys.global('listed')
  }

  async list(room: Slug): Promise<void> {
    if (Number(await this.#redis.run(LIST, [this.#key], [this.#redis.now(), room])) === 0)
      throw tooManyListed()
  }

  async renew(room: Slug): Promise<void> {
    await this.#redis.run(RENEW, [this.#key], [this.#redis.now(), room])
  }

  async listed(): Promise<Slug[]> {
    const after = `(${this.#redis.now()}`
    return (await this.#redis.command('ZRANGEBYSCORE', this.#key, after, '+inf')) as Slug[]
  }
}
