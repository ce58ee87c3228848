import type { Clock } from '../chat/ports/clock.ts'
import type { Tokens } from '../chat/ports/tokens.ts'
import { UnusableResource } from '../chat/unusable-resource.ts'
import type { Config } from '../config/config.ts'
import { DataFolder } from '../data/folder.ts'
import { FolderInUse } from '../data/folder-in-use.ts'
import { connectRedis, type RedisSettings } from '../redis/connect.ts'
import { RedisTokens } from '../store/redis/tokens.ts'
import { openTokens } from '../store/sqlite/open-tokens.ts'
import { databaseExists, databasePath } from '../store/sqlite/store.ts'

export type TokensConfig = Pick<Config, 'data'> & RedisSettings

/** Whether to make the folder where there is none, or to look into one that is there. */
export type FolderMode = 'create' | 'read'

/**
 * Does something with the tokens in Redis, or in the data folder: also while servers run on it.
 * @throws Unusable, UnusableDatabase, Refusal
 */
export async function withTokens<Result>(
  place: TokensConfig,
  clock: Clock,
  how: FolderMode,
  run: (tokens: Tokens) => Promise<Result>,
): Promise<Result> {
  return place.redis === undefined
    ? withFolderTokens(place, clock, how, run)
    : withRedisTokens(place, clock, run)
}

async function withFolderTokens<Result>(
  { data }: TokensConfig,
  clock: Clock,
  how: FolderMode,
  run: (tokens: Tokens) => Promise<Result>,
): Promise<Result> {
  if (how === 'read' && !databaseExists(data.path))
    throw new UnusableResource(`No token is kept in ${data.path}.`)
  const folder = await openUnlessInUse(data.path, clock)
  try {
    const opened = openTokens(databasePath(data.path), folder !== undefined, { clock, report: () => {} })
    try {
      return await run(opened.tokens)
    } finally {
      opened.close()
    }
  } finally {
    await folder?.close()
  }
}

/** The folder; undefined where a server has it, which needs not end for this. */
async function openUnlessInUse(path: string, clock: Clock): Promise<DataFolder | undefined> {
  try {
    return await DataFolder.open(path, { createIfMissing: true, keys: undefined, clock })
  } catch (error) {
    if (error instanceof FolderInUse) return undefined
    throw error
  }
}

async function withRedisTokens<Result>(
  place: TokensConfig,
  clock: Clock,
  run: (tokens: Tokens) => Promise<Result>,
): Promise<Result> {
  const redis = await connectRedis(place, clock)
  try {
    // It hears nothing of others, and believes nothing for long.
    const subscribedSince = () => Number.POSITIVE_INFINITY
    return await run(new RedisTokens({ redis, clock, subscribedSince, report: () => {} }))
  } finally {
    redis.close()
  }
}
