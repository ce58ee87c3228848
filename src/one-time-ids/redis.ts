import type { OneTimeIds } from '../chat/ports/one-time-ids.ts'
import type { Secrets } from '../chat/ports/secrets.ts'
import type { Redis } from '../redis/redis.ts'

/** The ids that were used at any process on one Redis, which holds keyed digests until the ids expire. */
export class RedisOneTimeIds implements OneTimeIds {
  readonly #redis: Redis
  readonly #secrets: Secrets

  constructor(redis: Redis, secrets: Secrets) {
    this.#redis = redis
    this.#secrets = secrets
  }

  async use(id: string, until: number): Promise<boolean> {
    const ttl = Math.ceil(until - this.#redis.now())
    if (ttl <= 0) return true
    const key = this.#redis.keys.global(`shown:${this.#secrets.digest('shown', id)}`)
    return (await this.#redis.command('SET', key, '1', 'NX', 'PX', String(ttl))) !== null
  }
}
