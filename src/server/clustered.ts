import { RedisBus, type RedisBusTools } from '../bus/redis.ts'
import type { Slug } from '../chat/room.ts'
import { RedisDirectory } from '../directory/redis.ts'
import { RedisVisitedRooms, visitedRoomsChannel } from '../directory/redis-visited-rooms.ts'
import { RedisLimits } from '../limits/redis.ts'
import { RedisOneTimeIds } from '../one-time-ids/redis.ts'
import { describeRedisError } from '../redis/connect.ts'
import { UnusableRedis } from '../redis/unusable-redis.ts'
import { RedisRoster } from '../roster/redis/roster.ts'
import { sessionKeysChannel } from '../secrets/redis-session-keys.ts'
import { RedisStore } from '../store/redis/store.ts'
import { RedisTokens } from '../store/redis/tokens.ts'
import { type Adapters, type AdapterTools, rosterTimes, type SharedRedis } from './adapters.ts'

/**
 * Opens the adapters of a process that shares its rooms with other processes through Redis.
 * @param onConnectionChange called with false when the connection to Redis is lost, with true when it is back
 * @throws UnusableRedis
 */
export async function openClustered(
  { config, clock, secrets, report }: AdapterTools,
  { redis, offerSessionKeys = () => {} }: SharedRedis,
  onConnectionChange: (up: boolean) => void,
): Promise<Adapters> {
  const subscribedSince = (room: Slug) => bus.subscribedSince(room)
  const tools = { redis, clock, secrets, subscribedSince, report }
  const roster = new RedisRoster({ ...tools, times: rosterTimes(config) })
  const store = new RedisStore({ ...tools, newestSeen: (room) => bus.lastSeen(room) })
  const tokens = new RedisTokens(tools)
  const visitedRooms = new RedisVisitedRooms(redis, secrets)
  const bus = await openBus({
    ...tools,
    ...redis.address,
    onConnectionChange: (up) => {
      // Messages published meanwhile were not received, so cached values may be stale.
      roster.invalidateAll()
      store.invalidateAll()
      tokens.invalidateAll()
      if (up) tokens.recheckAwaited()
      onConnectionChange(up)
    },
    channels: new Map([
      [sessionKeysChannel(redis), () => offerSessionKeys()],
      [visitedRoomsChannel(redis), (text: string) => visitedRooms.receive(text)],
    ]),
    onFollow: (room) => {
      store.invalidate(room)
      roster.follow(room)
    },
    onMessage: (room, message) => {
      if (message.kind === 'seat') roster.invalidate(room, message.member)
      if (message.kind === 'token') tokens.handleRevocation(message.token)
      if (message.kind === 'closed') tokens.invalidateAll()
      if (message.kind === 'settings' || message.kind === 'closed') store.invalidate(room)
    },
  })
  return {
    bus,
    store,
    tokens,
    roster,
    directory: new RedisDirectory(redis),
    visitedRooms,
    limits: new RedisLimits(tools, config.limits),
    oneTimeIds: new RedisOneTimeIds(redis, secrets),
    problem: () => undefined,
    isWriting: () => false,
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
    throw new UnusableRedis(describeRedisError(error, tools.url))
  }
}
