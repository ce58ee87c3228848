import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { RedisServer } from './redis-server.ts'

/** A resource of Redis that can be exhausted: arguments, and how it is filled and freed. */
export interface ExhaustibleResource {
  readonly resource: string
  readonly args: readonly string[]
  fill(server: RedisServer): Promise<void>
  free(server: RedisServer): Promise<void>
}

const APPEND_ONLY = ['--appendonly', 'yes', '--appendfsync', 'everysec']

/** The ways in which a Redis has no space left. */
export const EXHAUSTIBLE_RESOURCES: readonly ExhaustibleResource[] = [
  {
    resource: 'memory',
    args: APPEND_ONLY,
    fill: async (server) => void (await server.command('CONFIG', 'SET', 'maxmemory', '1')),
    free: async (server) => void (await server.command('CONFIG', 'SET', 'maxmemory', '0')),
  },
  {
    // Redis refuses writes after a dump failed: here, because a folder is in its place.
    resource: 'disk',
    args: [...APPEND_ONLY, '--save', '3600 1000000'],
    fill: async (server) => {
      await mkdir(join(server.folder, 'dump.rdb', 'taken'), { recursive: true })
      await saveUntil(server, 'err')
    },
    free: async (server) => {
      await rm(join(server.folder, 'dump.rdb'), { recursive: true })
      await saveUntil(server, 'ok')
    },
  },
]

async function saveUntil(server: RedisServer, status: 'ok' | 'err'): Promise<void> {
  await server.command('BGSAVE')
  while (!String(await server.command('INFO', 'persistence')).includes(`rdb_last_bgsave_status:${status}`));
}
