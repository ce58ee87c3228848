import { spawnSync } from 'node:child_process'
import { createClient } from '@redis/client'

const REDIS_SERVER = process.env.REDIS_SERVER ?? 'redis-server'

export const REDIS_READY = /(Ready to accept connections)/

/** Why Redis can't be started here, in one sentence; undefined if it can. */
export function explainMissingRedis(): string | undefined {
  const { error, status } = spawnSync(REDIS_SERVER, ['--version'])
  if (!error && status === 0) return undefined
  return `Nothing was measured with Redis: ${REDIS_SERVER} can’t be started (install redis-server, or set REDIS_SERVER to its path).`
}

/** The command that starts a Redis with an append-only file in `folder`. */
export function redisCommand(port: number, folder: string, fsync: 'everysec' | 'always'): string[] {
  const options = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder]
  return [REDIS_SERVER, ...options, '--save', '', '--appendonly', 'yes', '--appendfsync', fsync]
}

/** Counts the publishes on sharded channels since Redis started, including those of scripts. */
export async function openPublishCounter(url: string) {
  const client = createClient({ url })
  await client.connect()
  return {
    read: async (): Promise<number> => {
      const stats = await client.info('commandstats')
      return Number(/^cmdstat_spublish:calls=(\d+)/m.exec(stats)?.[1] ?? 0)
    },
    close: () => client.destroy(),
  }
}

export type PublishCounter = Awaited<ReturnType<typeof openPublishCounter>>
