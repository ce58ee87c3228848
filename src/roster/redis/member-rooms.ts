import type { Secrets } from '../../chat/ports/secrets.ts'
import { parseSlug, type Slug } from '../../chat/room.ts'
import type { Redis } from '../../redis/redis.ts'
import { defineScript } from '../../redis/script.ts'
import { TIME_LUA } from '../../redis/time.ts'

/** How long a room is recorded for a member who does nothing there any more. */
export const MEMBER_ROOM_TTL_MS = 3_600_000

/** Rooms recorded for one member. Beyond this the oldest is dropped. */
const MEMBER_ROOMS_MAX = 500

const SEAL_PURPOSE = 'room'

/** KEYS: a hash of room → `<time>.<sealed name>`. ARGV: the room's hash, its sealed name. */
const RECORD_ROOM = defineScript(
  TIME_LUA,
  `
local now = time()
redis.call('HSET', KEYS[1], ARGV[1], string.format('%d.%s', now, ARGV[2]))
redis.call('PEXPIRE', KEYS[1], ${MEMBER_ROOM_TTL_MS})
if redis.call('HLEN', KEYS[1]) <= ${MEMBER_ROOMS_MAX} then return end
local entries = redis.call('HGETALL', KEYS[1])
local oldest, least
for index = 1, #entries, 2 do
  local at = tonumber(string.match(entries[index + 1], '^%d+'))
  if at <= now - ${MEMBER_ROOM_TTL_MS} then
    redis.call('HDEL', KEYS[1], entries[index])
  elseif not least or at < least then
    oldest, least = entries[index], at
  end
end
if redis.call('HLEN', KEYS[1]) > ${MEMBER_ROOMS_MAX} then redis.call('HDEL', KEYS[1], oldest) end`,
)

/**
 * Records in which rooms a member has, or recently had, a name. The names of the rooms are sealed, because the name of
 * an unlisted room is a secret.
 */
export class MemberRooms {
  readonly #redis: Redis
  readonly #secrets: Secrets

  constructor(redis: Redis, secrets: Secrets) {
    this.#redis = redis
    this.#secrets = secrets
  }

  /** @param id the hash of the member */
  async record(id: string, room: Slug): Promise<void> {
    const args = [this.#field(room), this.#secrets.seal(SEAL_PURPOSE, room)]
    await this.#redis.run(RECORD_ROOM, [this.#key(id)], args)
  }

  async forget(id: string, room: Slug): Promise<void> {
    await this.#redis.command('HDEL', this.#key(id), this.#field(room))
  }

  /** The rooms in the order in which they were last recorded. */
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
