import type { Secrets } from '../../chat/ports/secrets.ts'
import { parseSlug, type Slug } from '../../chat/room.ts'
import type { Redis } from '../../redis/redis.ts'
import { script } from '../../redis/script.ts'
import { TIME } from '../../redis/time.ts'

/** How long a room is noted for a member who does nothing there any more. */
export const NOTED_MS = 3_600_000

/** Rooms noted for one member. */
const NOTED_MAX = 500

const PURPOSE = 'room'

/** Room’s hash, sealed name: a hash of room → `<when noted>.<sealed name>`. */
const NOTE = script(
  TIME,
  `
local now = time()
redis.call('HSET', KEYS[1], ARGV[1], string.format('%d.%s', now, ARGV[2]))
redis.call('PEXPIRE', KEYS[1], ${NOTED_MS})
if redis.call('HLEN', KEYS[1]) <= ${NOTED_MAX} then return end
local noted = redis.call('HGETALL', KEYS[1])
local oldest, least
for index = 1, #noted, 2 do
  local at = tonumber(string.match(noted[index + 1], '^%d+'))
  if at <= now - ${NOTED_MS} then
    redis.call('HDEL', KEYS[1], noted[index])
  elseif not least or at < least then
    oldest, least = noted[index], at
  end
end
if redis.call('HLEN', KEYS[1]) > ${NOTED_MAX} then redis.call('HDEL', KEYS[1], oldest) end`,
)

/** Where a member has, or lately had, a name. The names of the rooms are sealed: not all of them are anybody's to know. */
export class RoomsOf {
  readonly #redis: Redis
  readonly #secrets: Secrets

  constructor(redis: Redis, secrets: Secrets) {
    this.#redis = redis
    this.#secrets = secrets
  }

  /** @param id of a member, as it stands in Redis */
  async note(id: string, room: Slug): Promise<void> {
    const words = [this.#field(room), this.#secrets.seal(PURPOSE, room)]
    await this.#redis.run(NOTE, [this.#key(id)], words)
  }

  async forget(id: string, room: Slug): Promise<void> {
    await this.#redis.command('HDEL', this.#key(id), this.#field(room))
  }

  /** In the order of noting. */
  async noted(id: string): Promise<Slug[]> {
    const values = (await this.#redis.command('HVALS', this.#key(id))) as string[]
    return values
      .map((value) => ({ at: Number.parseInt(value, 10), sealed: value.slice(value.indexOf('.') + 1) }))
      .sort((one, other) => one.at - other.at)
      .flatMap(({ sealed }) => {
        const room = this.#secrets.unseal(PURPOSE, sealed)
        return room === undefined ? [] : [parseSlug(room)]
      })
  }

  #key(id: string): string {
    return this.#redis.keys.global(`member:${id}`)
  }

  #field(room: Slug): string {
    return this.#redis.keys.tag(room)
  }
}
