import { createClient } from '@redis/client'

/** Without a method for each command: the executable leaves those out, see `scripts/redis-commands.ts`. */
export type RedisClient = Pick<
  ReturnType<typeof createClient>,
  'connect' | 'destroy' | 'isReady' | 'on' | 'sendCommand' | 'sSubscribe' | 'sUnsubscribe'
>

export interface RedisAddress {
  /** `redis[s]://[[user][:password]@][host][:port][/db]` */
  readonly url: string
  /** Certificates (PEM) that are trusted instead of the usual ones, where it is a `rediss:` address. */
  readonly ca?: string | undefined
}

/** Connecting may take this long, name resolution and TLS included. */
const CONNECT_TIMEOUT_MS = 1_500

/** A connection that is not opened again by itself: `Link` does that, who also asks whether it still answers. */
export function createRedisClient({ url, ca }: RedisAddress): RedisClient {
  return createClient({
    url,
    name: 'snug',
    disableOfflineQueue: true,
    disableClientInfo: true,
    maintNotifications: 'disabled',
    socket: { reconnectStrategy: false, connectTimeout: CONNECT_TIMEOUT_MS, ...(ca !== undefined && { ca }) },
  })
}
