import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { createClient } from '@redis/client'

const REDIS_SERVER = process.env.REDIS_SERVER ?? 'redis-server'

export const REDIS_READY = /(Ready to accept connections)/

/** In one sentence, why nothing can be measured over Redis here; undefined when it can. */
export function explainMissingRedis(): string | undefined {
  const { error, status } = spawnSync(REDIS_SERVER, ['--version'])
  if (!error && status === 0) return undefined
  return `Nothing was measured over Redis: ${REDIS_SERVER} can’t be started here (it is in the package redis-server, and REDIS_SERVER says where it is).`
}

/** The command that starts one of its own, with an append-only file. */
export function redisCommand(port: number, folder: string, fsync: 'everysec' | 'always'): string[] {
  const where = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder]
  return [REDIS_SERVER, ...where, '--save', '', '--appendonly', 'yes', '--appendfsync', fsync]
}

export async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (typeof address !== 'object' || !address) throw new Error('No port is free')
  return address.port
}

/** How often Redis was told to publish on sharded channels since it began, in scripts too. */
export async function openPublishCounter(url: string) {
  const client = createClient({ url })
  await client.connect()
  return {
    read: async (): Promise<number> => {
      const told = await client.info('commandstats')
      return Number(/^cmdstat_spublish:calls=(\d+)/m.exec(told)?.[1] ?? 0)
    },
    close: () => client.destroy(),
  }
}

export type PublishCounter = Awaited<ReturnType<typeof openPublishCounter>>
