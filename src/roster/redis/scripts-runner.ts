import type { Undo } from '../../chat/ports/clock.ts'
import { Refusal } from '../../chat/refusal.ts'
import type { Slug } from '../../chat/room.ts'
import type { PresenceChange } from '../../chat/signal.ts'
import type { Redis } from '../../redis/redis.ts'
import { rethrowUnlessFull } from '../../redis/refusals.ts'
import type { RosterTimes } from '../membership.ts'
import { ROOM_PARTS } from './membership-lua.ts'
import { parseRosterReply, type RosterReply } from './reply.ts'
import { createRosterScripts, LEASE_ENDED, type RosterScripts } from './scripts.ts'

export type ChangeWatcher = (room: Slug, change: Partial<PresenceChange>) => void

/** Runs the scripts of a roster, and passes the presence changes in their replies to the watchers. */
export class ScriptsRunner {
  readonly redis: Redis
  readonly #scripts: RosterScripts
  readonly #watchers = new Set<ChangeWatcher>()

  constructor(redis: Redis, times: RosterTimes) {
    this.redis = redis
    this.#scripts = createRosterScripts(times)
  }

  watch(watcher: ChangeWatcher): Undo {
    this.#watchers.add(watcher)
    return () => this.#watchers.delete(watcher)
  }

  keysOf(room: Slug): string[] {
    return [...this.redis.keys.roomParts(room, ROOM_PARTS), this.redis.keys.channel(room)]
  }

  /** @throws Refusal `busy` if Redis is away, or the room has as many memberships as it may */
  async run(
    kind: Exclude<keyof RosterScripts, 'count' | 'people' | 'hereAs'>,
    room: Slug,
    keys: readonly string[],
    args: readonly (string | number)[],
  ): Promise<RosterReply> {
    const reply = parseRosterReply(await this.redis.run(this.#scripts[kind], keys, args))
    if (Object.keys(reply.change).length > 0)
      for (const watcher of this.#watchers) watcher(room, reply.change)
    if (reply.full) throw new Refusal('busy', 'Too many people are here just now. Try again in a minute.', 60)
    return reply
  }

  /** Reads something after the members of processes that are gone were swept, so that they never count as here. */
  async read(
    kind: 'count' | 'people' | 'hereAs',
    room: Slug,
    args: readonly (string | number)[],
  ): Promise<unknown> {
    const keys = this.redis.keys.roomParts(room, ['here', 'going', 'places', 'processes'])
    const reply = await this.redis.run(this.#scripts[kind], keys, ['1', ...args])
    if (reply !== LEASE_ENDED) return reply
    await this.#sweep(room).catch(rethrowUnlessFull)
    return this.redis.run(this.#scripts[kind], keys, ['', ...args])
  }

  async #sweep(room: Slug): Promise<void> {
    let more = true
    while (more) more = (await this.run('sweep', room, this.keysOf(room), ['', ''])).more
  }
}
