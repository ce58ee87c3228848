import { RedisBus, type RedisBusTools } from '../bus/redis.ts'
import type { Slug } from '../chat/room.ts'
import { RedisDirectory } from '../directory/redis.ts'
import { RedisLimits } from '../limits/redis.ts'
import { RedisReplays } from '../one-time-ids/redis.ts'
import { redisProblem } from '../redis/connect.ts'
import type { Redis } from '../redis/redis.ts'
import { UnusableRedis } from '../redis/unusable.ts'
import { RedisRoster } from '../roster/redis/roster.ts'
import { RedisStore } from '../store/redis/store.ts'
import { RedisTokens } from '../store/redis/tokens.ts'
import { type Adapters, type AdapterTools, rosterTimes } from './adapters.ts'

/**
 * The adapters of a process that shares its rooms with others.
 * @param changed is told that Redis can be reached no more, or again
 * @throws UnusableRedis
 */
export async function openShared(
  { config, clock, secrets, report }: AdapterTools,
  redis: Redis,
  changed: (up: boolean) => void,
): Promise<Adapters> {
  const hearsSince = (room: Slug) => bus.hearsSince(room)
  const tools = { redis, clock, secrets, hearsSince, report }
  const roster = new RedisRoster({ ...tools, times: rosterTimes(config) })
  const store = new RedisStore({ ...tools, known: (room) => bus.known(room) })
  const tokens = new RedisTokens(tools)
  const bus = await openBus({
    ...tools,
    ...redis.address,
    changed: (up) => {
      // What was published meanwhile was not heard.
      roster.forgetAll()
      store.forgetAll()
      tokens.forgetAll()
      if (up) tokens.lookAgain()
      changed(up)
    },
    followed: (room) => store.forget(room),
    overhear: (room, heard) => {
      if (heard.kind === 'seat') roster.forget(room, heard.member)
      if (heard.kind === 'token') tokens.forget(heard.token)
      if (heard.kind === 'closed') tokens.forgetAll()
      if (heard.kind === 'settings' || heard.kind === 'closed') store.forget(room)
    },
  })
  return {
    bus,
    store,
    tokens,
    roster,
    directory: new RedisDirectory(redis),
    limits: new RedisLimits(tools, config.limits),
    replays: new RedisReplays(redis, secrets),
    close: async () => {
      bus.close()
      await store.close()
      await roster.close()
      redis.close()
    },
  }
}

async function openBus(tools: RedisBusTools): Promise<RedisBus> {
  try {
    return await RedisBus.open(tools)
  } catch (error) {
    throw new UnusableRedis(redisProblem(error, tools.url))
  }
}
