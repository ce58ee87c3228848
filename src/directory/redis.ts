import { VANISHING_TTL_MS } from '../chat/delivery/resume.ts'
import type { Directory } from '../chat/ports/directory.ts'
import { parseSlug, type Slug } from '../chat/room.ts'
import type { Redis } from '../redis/redis.ts'
import { script } from '../redis/script.ts'
import { TIME } from '../redis/time.ts'
import { LISTED_MAX, tooManyListed } from './listed-max.ts'

/** Hash of the room's name, the name: whether it is listed now. */
const LIST = script(
  TIME,
  `
local now = time()
local function is_full()
  return redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 and redis.call('HLEN', KEYS[1]) >= ${LISTED_MAX}
end
if is_full() then
  local all = redis.call('HGETALL', KEYS[1])
  for index = 1, #all, 2 do
    local till = tonumber(string.match(all[index + 1], '^%S+'))
    if till <= now then redis.call('HDEL', KEYS[1], all[index]) end
  end
  if is_full() then return 0 end
end
redis.call('HSET', KEYS[1], ARGV[1], string.format('%d %s', now + ${VANISHING_TTL_MS}, ARGV[2]))
redis.call('PEXPIRE', KEYS[1], ${VANISHING_TTL_MS})
return 1`,
)

/** Hash of the room's name. */
const RENEW = script(
  TIME,
  `
local now = time()
local till, name = string.match(redis.call('HGET', KEYS[1], ARGV[1]) or '', '^(%S+) (.*)$')
if not till or tonumber(till) <= now then return end
redis.call('HSET', KEYS[1], ARGV[1], string.format('%d %s', now + ${VANISHING_TTL_MS}, name))
redis.call('PEXPIRE', KEYS[1], ${VANISHING_TTL_MS})`,
)

/**
 * The listed vanishing rooms of all processes: a hash from the hash of a room's name to until when it is listed and the
 * name itself. Of a room that is not listed Redis is never told the name: what it is told may stand in its slow log.
 */
export class RedisDirectory implements Directory {
  readonly #redis: Redis
  readonly #key: string

  constructor(redis: Redis) {
    this.#redis = redis
    this.#key = redis.keys.global('listed')
  }

  async list(room: Slug): Promise<void> {
    const { keys } = this.#redis
    if (Number(await this.#redis.run(LIST, [this.#key], [keys.tag(room), room])) === 0) throw tooManyListed()
  }

  async renew(room: Slug): Promise<void> {
    await this.#redis.run(RENEW, [this.#key], [this.#redis.keys.tag(room)])
  }

  async listed(): Promise<Slug[]> {
    const now = this.#redis.now()
    const entries = (await this.#redis.command('HVALS', this.#key)) as string[]
    return entries.flatMap((entry) => {
      const [till, name = ''] = entry.split(' ')
      return Number(till) > now ? [parseSlug(name)] : []
    })
  }
}
