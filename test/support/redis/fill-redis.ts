import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { RedisServer } from './redis-server.ts'

/** What a Redis can be full of: its arguments, and how it is filled and emptied. */
export interface Fullness {
  readonly of: string
  readonly args: readonly string[]
  fill(server: RedisServer): Promise<void>
  empty(server: RedisServer): Promise<void>
}

const LOGGED = ['--appendonly', 'yes', '--appendfsync', 'everysec']

/** Ways in which a Redis has no space left. */
export const FULLNESSES: readonly Fullness[] = [
  {
    of: 'memory',
    args: LOGGED,
    fill: async (server) => void (await server.command('CONFIG', 'SET', 'maxmemory', '1')),
    empty: async (server) => void (await server.command('CONFIG', 'SET', 'maxmemory', '0')),
  },
  {
    // It writes nothing more when a dump could not be written: here, because a folder is in its place.
    of: 'disk',
    args: [...LOGGED, '--save', '3600 1000000'],
    fill: async (server) => {
      await mkdir(join(server.folder, 'dump.rdb', 'taken'), { recursive: true })
      await save(server, 'err')
    },
    empty: async (server) => {
      await rm(join(server.folder, 'dump.rdb'), { recursive: true })
      await save(server, 'ok')
    },
  },
]

async function save(server: RedisServer, status: 'ok' | 'err'): Promise<void> {
  await server.command('BGSAVE')
  while (!String(await server.command('INFO', 'persistence')).includes(`rdb_last_bgsave_status:${status}`));
}
