import type { Secrets } from '../chat/ports/secrets.ts'
import type { VisitedRooms } from '../chat/ports/visited-rooms.ts'
import { parseSlug, type Slug } from '../chat/room.ts'
import type { Redis } from '../redis/redis.ts'

const PURPOSE = 'visited room'

/** The channel on which processes tell of rooms. It belongs to no room. */
export function visitedRoomsChannel({ keys }: Redis): string {
  return keys.global('visited')
}

/** Sends names of rooms over one channel, sealed: Redis never sees the name of an unlisted room. */
export class RedisVisitedRooms implements VisitedRooms {
  readonly #redis: Redis
  readonly #secrets: Secrets
  #listener: (room: Slug) => void = () => {}

  constructor(redis: Redis, secrets: Secrets) {
    this.#redis = redis
    this.#secrets = secrets
  }

  tell(room: Slug): void {
    const sealed = this.#secrets.seal(PURPOSE, room)
    // Lost while Redis is away: the hint is worth no repetition.
    this.#redis.command('SPUBLISH', visitedRoomsChannel(this.#redis), sealed).catch(() => {})
  }

  listen(listener: (room: Slug) => void): void {
    this.#listener = listener
  }

  /** Receives a message of the channel. Those of processes with other session keys can't be read. */
  receive(sealed: string): void {
    const room = this.#secrets.unseal(PURPOSE, sealed)
    if (room !== undefined) this.#listener(parseSlug(room))
  }
}
