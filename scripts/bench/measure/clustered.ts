import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Environment, RunningServer } from '../environment.ts'
import type { Figures, Round } from '../figures.ts'
import { openPage, requestKeptRoom } from '../load/page.ts'
import type { LatencyQuantiles, RelayResult } from '../load/result.ts'
import { SubscriberPool } from '../load/subscriber-pool.ts'
import { countPublishesPerEvent } from './publishes.ts'
import { countRoundTrips, type PostingSchedule } from './round-trips.ts'

const POSTERS = 64

/** Milliseconds between two messages. */
const INTERVAL_MS = 8

/** Promise: the latency between processes exceeds that within one process by at most this many bare publishes. */
const BARE_PUBLISH_FACTOR = 1.5

const KINDS = ['vanishing', 'kept'] as const
type Kind = (typeof KINDS)[number]

export interface ClusteredSizes {
  /** Messages measured on each route. */
  readonly rounds: number
  /** Messages sent before them, so that V8 compiles the hot code of every process. */
  readonly warmUpRounds: number
  /** Readers of the room for the count of publishes per event. */
  readonly readers: number
  readonly posting: PostingSchedule
  /** Milliseconds of warm-up before throughput is measured. */
  readonly warmUpMs: number
  readonly ms: number
}

interface SnugAndBaseline {
  readonly snug: Figures
  readonly baseline: Figures
}

/** Compares two processes on one Redis with one process alone, and with the cost of Redis itself. */
export async function measureClustered(environment: Environment, sizes: ClusteredSizes): Promise<Round> {
  const folder = mkdtempSync(join(tmpdir(), 'snug-bench-'))
  try {
    const parts = [
      await measureLatency(environment, folder, sizes),
      await measureThroughput(environment, folder, sizes),
    ]
    return {
      snug: Object.assign({}, ...parts.map(({ snug }) => snug)),
      baselines: { baseline: Object.assign({}, ...parts.map(({ baseline }) => baseline)) },
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function measureLatency(
  environment: Environment,
  folder: string,
  sizes: ClusteredSizes,
): Promise<SnugAndBaseline> {
  const redis = await environment.startRedis(mkdtempSync(join(folder, 'redis-')), 'everysec')
  const alone = await environment.startWithLimits('--data', mkdtempSync(join(folder, 'alone-')))
  const one = await environment.startWithLimits('--redis', redis.url)
  const two = await environment.startWithLimits('--redis', redis.url)
  const all = [alone, one, two, redis]
  try {
    for (const { port } of [alone, one]) await requestKeptRoom(port, 'kept')
    const routes = [
      { from: alone.port, to: alone.port },
      { from: one.port, to: two.port },
    ].flatMap((route) => KINDS.map((kind) => ({ ...route, path: `/r/${kind}` })))
    const { rounds } = sizes
    const job = {
      kind: 'relay',
      routes,
      redis: redis.url,
      warmUp: sizes.warmUpRounds,
      rounds,
      everyMs: INTERVAL_MS,
    } as const
    const latencies = latencyFigures(await environment.runRelay(job))
    await alone.child.stop()
    const publishes = {
      many: await countPublishesPerEvent([one, two], redis.url, sizes.readers),
      few: await countPublishesPerEvent([one, two], redis.url, 1),
    }
    await one.child.stop()
    await two.child.stop()
    const trips = await countRoundTrips(environment, redis, sizes.posting)
    const rows = {
      [`publishes per event, ${sizes.readers} readers vs. 1`]: [publishes.many, publishes.few],
      'Redis round trips per post, vanishing': [trips.vanishing, 1],
      'Redis round trips per post, kept': [trips.kept, 1],
      [`round trips per post every ${sizes.posting.seldomMs / 1000} s`]: [trips.seldom, 1],
      'the same without readers': [trips.seldomUnread, 1],
      'commands per post': [trips.commands, 1],
      'commands per post for rate limits': [trips.limits, undefined],
    } as const
    return {
      snug: { ...latencies.snug, ...pickColumn(rows, 0) },
      baseline: { ...latencies.baseline, ...pickColumn(rows, 1) },
    }
  } finally {
    for (const { child } of all) await child.stop()
  }
}

function pickColumn(rows: Readonly<Record<string, readonly (number | undefined)[]>>, index: number): Figures {
  return Object.fromEntries(Object.entries(rows).map(([name, row]) => [name, row[index]]))
}

function latencyFigures({ routes, barePublish }: RelayResult): SnugAndBaseline {
  const snug: Record<string, number> = {}
  const baseline: Record<string, number> = {}
  const none: LatencyQuantiles = { p50: Number.NaN, p99: Number.NaN, max: Number.NaN }
  for (const quantile of ['p50', 'p99'] as const) {
    for (const [index, kind] of KINDS.entries()) {
      const [alone, clustered] = [routes[index] ?? none, routes[index + KINDS.length] ?? none]
      snug[`${kind}, delivery ${quantile}, ms`] = clustered[quantile]
      baseline[`${kind}, delivery ${quantile}, ms`] =
        BARE_PUBLISH_FACTOR * barePublish[quantile] + alone[quantile]
      baseline[`  ${kind} ${quantile} within one process, ms`] = alone[quantile]
    }
    baseline[`  bare publish ${quantile}, ms`] = barePublish[quantile]
  }
  return { snug, baseline }
}

async function measureThroughput(
  environment: Environment,
  folder: string,
  sizes: ClusteredSizes,
): Promise<SnugAndBaseline> {
  const alone = await environment.startWithLimits('--data', mkdtempSync(join(folder, 'alone-')))
  const alonePerSecond = await measurePostsPerSecond(environment, alone, alone, sizes)
  await alone.child.stop()
  const snug: Record<string, number> = {}
  const baseline: Record<string, number> = {}
  for (const fsync of ['everysec', 'always'] as const) {
    const redis = await environment.startRedis(mkdtempSync(join(folder, 'redis-')), fsync)
    const one = await environment.startWithLimits('--redis', redis.url)
    const two = await environment.startWithLimits('--redis', redis.url)
    const perSecond = await measurePostsPerSecond(environment, one, two, sizes)
    for (const kind of KINDS) {
      snug[`posts/s, ${kind}, ${fsync}`] = perSecond[kind]
      baseline[`posts/s, ${kind}, ${fsync}`] = alonePerSecond[kind]
    }
    for (const { child } of [one, two, redis]) await child.stop()
  }
  return { snug, baseline }
}

/** Posts per second of many posters at one server, with a reader at the other. */
async function measurePostsPerSecond(
  environment: Environment,
  from: RunningServer,
  to: RunningServer,
  { warmUpMs, ms }: ClusteredSizes,
): Promise<Record<Kind, number>> {
  const perSecond = { vanishing: 0, kept: 0 }
  for (const kind of KINDS) {
    const path = kind === 'kept' ? await requestKeptRoom(from.port, kind) : `/r/${kind}`
    const pool = new SubscriberPool([await openPage(to.port, path)])
    await pool.open(1)
    const job = { kind: 'post', path, posters: POSTERS, warmUpMs, ms, rate: undefined } as const
    const result = await environment.runLoad<'post'>(from, job)
    if (result.refused > 0) throw new Error(`${result.refused} posts were refused`)
    perSecond[kind] = result.perSecond
    pool.close()
  }
  return perSecond
}
