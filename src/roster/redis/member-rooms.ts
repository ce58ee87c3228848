import type { Secrets } from '../../chat/ports/secrets.ts'
import { parseSlug, type Slug } from '../../chat/room.ts'
import type { Redis } from '../../redis/redis.ts'
import { defineScript } from '../../redis/script.ts'
import { TIME_LUA } from '../../redis/time.ts'

/** How long a room is noted for a member who does nothing there any more. */
export const MEMBER_ROOM_TTL_MS = 3_600_000

/** Rooms noted for one member. */
const MEMBER_ROOMS_MAX = 500

const SEAL_PURPOSE = 'room'

/** ARGV: the room’s hash, its sealed name. A hash of room → `<when noted>.<sealed name>`. */
const RECORD_ROOM = defineScript(
  TIME_LUA,
  `
local now = time()
redis.call('HSET', KEYS[1], ARGV[1], string.format('%d.%s', now, ARGV[2]))
redis.call('PEXPIRE', KEYS[1], ${MEMBER_ROOM_TTL_MS})
if redis.call('HLEN', KEYS[1]) <= ${MEMBER_ROOMS_MAX} then return end
local noted = redis.call('HGETALL', KEYS[1])
local oldest, least
for index = 1, #noted, 2 do
  local at = tonumber(string.match(noted[index + 1], '^%d+'))
  if at <= now - ${MEMBER_ROOM_TTL_MS} then
    redis.call('HDEL', KEYS[1], noted[index])
  elseif not least or at < least then
    oldest, least = noted[index], at
  end
end
if redis.call('HLEN', KEYS[1]) > ${MEMBER_ROOMS_MAX} then redis.call('HDEL', KEYS[1], oldest) end`,
)

/** Where a member has, or lately had, a name. The names of the rooms are sealed: not all of them are anybody's to know. */
export class MemberRooms {
  readonly #redis: Redis
  readonly #secrets: Secrets

  constructor(redis: Redis, secrets: Secrets) {
    this.#redis = redis
    this.#secrets = secrets
  }

  /** @param id of a member, as it stands in Redis */
  async record(id: string, room: Slug): Promise<void> {
    const words = [this.#field(room), this.#secrets.seal(SEAL_PURPOSE, room)]
    await this.#redis.run(RECORD_ROOM, [this.#key(id)], words)
  }

  async forget(id: string, room: Slug): Promise<void> {
    await this.#redis.command('HDEL', this.#key(id), this.#field(room))
  }

  /** In the order of noting. */
  async list(id: string): Promise<Slug[]> {
    const values = (await this.#redis.command('HVALS', this.#key(id))) as string[]
    return values
      .map((value) => ({ at: Number.parseInt(value, 10), sealed: value.slice(value.indexOf('.') + 1) }))
      .sort((one, other) => one.at - other.at)
      .flatMap(({ sealed }) => {
        const room = this.#secrets.unseal(SEAL_PURPOSE, sealed)
        return room === undefined ? [] : [parseSlug(room)]
      })
  }

  #key(id: string): string {
    return this.#redis.keys.global(`member:${id}`)
  }

  #field(room: Slug): string {
    return this.#redis.keys.roomHash(room)
  }
}
