import { VANISHING_TTL_MS } from '../chat/delivery/resume.ts'
import type { Directory } from '../chat/ports/directory.ts'
import { parseSlug, type Slug } from '../chat/room.ts'
import type { Redis } from '../redis/redis.ts'
import { defineScript } from '../redis/script.ts'
import { TIME_LUA } from '../redis/time.ts'
import { directoryFull, LISTED_MAX } from './listed-max.ts'

/** ARGV: hash of the room's name, the name. Replies 1 if the room is listed now, 0 if the directory is full. */
const LIST_ROOM = defineScript(
  TIME_LUA,
  `
local now = time()
local function isFull()
  return redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 and redis.call('HLEN', KEYS[1]) >= ${LISTED_MAX}
end
if isFull() then
  local all = redis.call('HGETALL', KEYS[1])
  for index = 1, #all, 2 do
    local expiresAt = tonumber(string.match(all[index + 1], '^%S+'))
    if expiresAt <= now then redis.call('HDEL', KEYS[1], all[index]) end
  end
  if isFull() then return 0 end
end
redis.call('HSET', KEYS[1], ARGV[1], string.format('%d %s', now + ${VANISHING_TTL_MS}, ARGV[2]))
redis.call('PEXPIRE', KEYS[1], ${VANISHING_TTL_MS})
return 1`,
)

/** ARGV: hash of the room's name. Renews the entry of a room that is listed. */
const RENEW_LISTING = defineScript(
  TIME_LUA,
  `
local now = time()
local expiresAt, name = string.match(redis.call('HGET', KEYS[1], ARGV[1]) or '', '^(%S+) (.*)$')
if not expiresAt or tonumber(expiresAt) <= now then return end
redis.call('HSET', KEYS[1], ARGV[1], string.format('%d %s', now + ${VANISHING_TTL_MS}, name))
redis.call('PEXPIRE', KEYS[1], ${VANISHING_TTL_MS})`,
)

/**
 * The listed vanishing rooms of all processes: one hash, from the hash of a room's name to `<listed until> <name>`. The
 * name of an unlisted room is never sent to Redis, because the slow log could show it.
 */
export class RedisDirectory implements Directory {
  readonly #redis: Redis
  readonly #key: string

  constructor(redis: Redis) {
    this.#redis = redis
    this.#key = redis.keys.global('listed')
  }

  async add(room: Slug): Promise<void> {
    const { keys } = this.#redis
    if (Number(await this.#redis.run(LIST_ROOM, [this.#key], [keys.roomHash(room), room])) === 0)
      throw directoryFull()
  }

  async renew(room: Slug): Promise<void> {
    await this.#redis.run(RENEW_LISTING, [this.#key], [this.#redis.keys.roomHash(room)])
  }

  async listedRooms(): Promise<Slug[]> {
    const now = this.#redis.now()
    const entries = (await this.#redis.command('HVALS', this.#key)) as string[]
    return entries.flatMap((entry) => {
      const [listedUntil, name = ''] = entry.split(' ')
      return Number(listedUntil) > now ? [parseSlug(name)] : []
    })
  }
}
