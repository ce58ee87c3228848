import { createClient } from '@redis/client'

export type RedisClient = ReturnType<typeof createRedisClient>

/** Connecting may take this long, name resolution and TLS included. */
const CONNECT_MS = 1_500

/** A connection that is not opened again by itself: `Link` does that, who also asks whether it still answers. */
export function createRedisClient(url: string) {
  const client = createClient({
    url,
    name: 'snug',
    disableOfflineQueue: true,
    disableClientInfo: true,
    maintNotifications: 'disabled',
    socket: { reconnectStrategy: false, connectTimeout: CONNECT_MS },
  })
  return client
}
