import { createClient } from '@redis/client'

/** Without the methods for single commands, which the executable leaves out: see `scripts/redis-commands.ts`. */
export type RedisClient = Pick<
  ReturnType<typeof createClient>,
  'connect' | 'destroy' | 'isReady' | 'on' | 'sendCommand' | 'sSubscribe' | 'sUnsubscribe'
>

export interface RedisAddress {
  /** `redis[s]://[[user][:password]@][host][:port][/db]`, or the address of sentinels: see `parseSentinelUrl`. */
  readonly url: string
  /** Certificates (PEM) to trust instead of the system's, for a `rediss:` address. */
  readonly ca?: string | undefined
  /** Finds the URL of the server. Undefined: `url` is that of the server. */
  readonly locate?: (() => Promise<string>) | undefined
}

/** Time limit for connecting, including name resolution and TLS. */
const CONNECT_TIMEOUT_MS = 1_500

/** Creates a client that does not reconnect. `RedisConnection` does that, and also notices a connection that hangs. */
export function createRedisClient({ url, ca }: Omit<RedisAddress, 'locate'>): RedisClient {
  return createClient({
    url,
    name: 'snug',
    disableOfflineQueue: true,
    disableClientInfo: true,
    maintNotifications: 'disabled',
    socket: { reconnectStrategy: false, connectTimeout: CONNECT_TIMEOUT_MS, ...(ca !== undefined && { ca }) },
  })
}
