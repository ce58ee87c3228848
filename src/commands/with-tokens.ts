import type { Clock } from '../chat/ports/clock.ts'
import type { Tokens } from '../chat/ports/tokens.ts'
import { Unusable } from '../chat/unusable-resource.ts'
import type { Config } from '../config/config.ts'
import { DataFolder } from '../data/folder.ts'
import { InUse } from '../data/folder-in-use.ts'
import { type RedisSettings, reachRedis } from '../redis/connect.ts'
import { RedisTokens } from '../store/redis/tokens.ts'
import { openTokens } from '../store/sqlite/open-tokens.ts'
import { databaseIn, isDatabaseIn } from '../store/sqlite/store.ts'

export type TokensPlace = Pick<Config, 'data'> & RedisSettings

/** Whether to make the folder where there is none, or to look into one that is there. */
export type Folder = 'make' | 'look'

/**
 * Does something with the tokens in Redis, or in the data folder: also while servers run on it.
 * @throws Unusable, UnusableDatabase, Refusal
 */
export async function withTokens<Result>(
  place: TokensPlace,
  clock: Clock,
  how: Folder,
  run: (tokens: Tokens) => Promise<Result>,
): Promise<Result> {
  return place.redis === undefined ? inFolder(place, clock, how, run) : inRedis(place, clock, run)
}

async function inFolder<Result>(
  { data }: TokensPlace,
  clock: Clock,
  how: Folder,
  run: (tokens: Tokens) => Promise<Result>,
): Promise<Result> {
  if (how === 'look' && !isDatabaseIn(data.path)) throw new Unusable(`No token is kept in ${data.path}.`)
  const folder = await openUnlessUsed(data.path, clock)
  try {
    const opened = openTokens(databaseIn(data.path), folder !== undefined, { clock, report: () => {} })
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
async function openUnlessUsed(path: string, clock: Clock): Promise<DataFolder | undefined> {
  try {
    return await DataFolder.open(path, { make: true, keys: undefined, clock })
  } catch (error) {
    if (error instanceof InUse) return undefined
    throw error
  }
}

async function inRedis<Result>(
  place: TokensPlace,
  clock: Clock,
  run: (tokens: Tokens) => Promise<Result>,
): Promise<Result> {
  const redis = await reachRedis(place, clock)
  try {
    // It hears nothing of others, and believes nothing for long.
    const hearsSince = () => Number.POSITIVE_INFINITY
    return await run(new RedisTokens({ redis, clock, hearsSince, report: () => {} }))
  } finally {
    redis.close()
  }
}
