import { existsSync } from 'node:fs'
import type { Clock } from '../chat/ports/clock.ts'
import type { Tokens } from '../chat/ports/tokens.ts'
import { UnusableResource } from '../chat/unusable-resource.ts'
import type { Config } from '../config/config.ts'
import { DataFolder } from '../data/folder.ts'
import { FolderInUse } from '../data/folder-in-use.ts'
import { keyFilePath } from '../data/key-file.ts'
import { lockPath } from '../data/lock.ts'
import { connectRedis, type RedisSettings } from '../redis/connect.ts'
import { RedisTokens } from '../store/redis/tokens.ts'
import { databaseExists, databasePath } from '../store/sqlite/store.ts'
import { openTokens } from '../store/sqlite/tokens/open-tokens.ts'

export type TokensConfig = Pick<Config, 'data'> & RedisSettings

/** `add` needs a data folder that a server has made, and `read` one with rooms or tokens. */
export type FolderMode = 'add' | 'read'

/**
 * Runs a function on the tokens in Redis or in the data folder. Servers may be running on either.
 * @throws UnusableResource, UnusableDatabase, Refusal
 */
export async function withTokens<Result>(
  config: TokensConfig,
  clock: Clock,
  mode: FolderMode,
  run: (tokens: Tokens) => Promise<Result>,
): Promise<Result> {
  return config.redis === undefined
    ? withFolderTokens(config, clock, mode, run)
    : withRedisTokens(config, clock, run)
}

async function withFolderTokens<Result>(
  { data }: TokensConfig,
  clock: Clock,
  mode: FolderMode,
  run: (tokens: Tokens) => Promise<Result>,
): Promise<Result> {
  if (mode === 'read' && !databaseExists(data.path))
    throw new UnusableResource(`No token is kept in ${data.path}.`)
  if (mode === 'add' && !isUsedByServer(data.path))
    throw new UnusableResource(
      `No server has used ${data.path}, so none would know the token: name the folder of your server with --data FOLDER. ` +
        'A server makes it when it starts with --data, or when the first room is kept.',
    )
  const folder = await openUnlessInUse(data, clock)
  try {
    const database = openTokens(databasePath(data.path), folder !== undefined, { clock, report: () => {} })
    try {
      return await run(database.tokens)
    } finally {
      database.close()
    }
  } finally {
    await folder?.close()
  }
}

// The database is made with the first kept room or token; keys are in the folder unless they are a setting.
function isUsedByServer(path: string): boolean {
  return databaseExists(path) || existsSync(keyFilePath(path)) || existsSync(lockPath(path))
}

/** @returns undefined if a server has the folder: commands on tokens work beside it */
async function openUnlessInUse(
  { path, createIfMissing: named }: Config['data'],
  clock: Clock,
): Promise<DataFolder | undefined> {
  try {
    return await DataFolder.open(path, { createIfMissing: false, named, keys: undefined, clock })
  } catch (error) {
    if (error instanceof FolderInUse) return undefined
    throw error
  }
}

async function withRedisTokens<Result>(
  config: TokensConfig,
  clock: Clock,
  run: (tokens: Tokens) => Promise<Result>,
): Promise<Result> {
  const redis = await connectRedis(config, clock)
  try {
    // Not subscribed to revocations, so tokens are cached only briefly.
    const subscribedSince = () => Number.POSITIVE_INFINITY
    return await run(new RedisTokens({ redis, clock, subscribedSince, report: () => {} }))
  } finally {
    redis.close()
  }
}
