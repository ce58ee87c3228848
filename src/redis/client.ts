import { createClient } from '@redis/client'

export type RedisClient = ReturnType<typeof createRedisClient>

export interface RedisAddress {
  /** `redis[s]://[[user][:password]@][host][:port][/db]` */
  readonly url: string
  /** Certificates (PEM) that are trusted instead of the usual ones, where it is a `rediss:` address. */
  readonly ca?: string | undefined
}

/** Connecting may take this long, name resolution and TLS included. */
const CONNECT_MS = 1_500

/** A connection that is not opened again by itself: `Link` does that, who also asks whether it still answers. */
export function createRedisClient({ url, ca }: RedisAddress) {
  const client = createClient({
    url,
    name: 'snug',
    disableOfflineQueue: true,
    disableClientInfo: true,
    maintNotifications: 'disabled',
    socket: { reconnectStrategy: false, connectTimeout: CONNECT_MS, ...(ca !== undefined && { ca }) },
  })
  return client
}
