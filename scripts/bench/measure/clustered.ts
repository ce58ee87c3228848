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

/** One message after the other, so often. */
const INTERVAL_MS = 8

/** How many times a bare publish the way between processes may take, above what it takes within one. */
const BARE_PUBLISH_FACTOR = 1.5

const KINDS = ['vanishing', 'kept'] as const
type Kind = (typeof KINDS)[number]

export interface ClusteredSizes {
  /** Messages that are measured on each way. */
  readonly rounds: number
  /** Before them: hot code must be compiled in every process. */
  readonly warmUpRounds: number
  /** Of the room for whose events the publishes are counted. */
  readonly readers: number
  readonly posting: PostingSchedule
  /** Of posting as fast as it goes. */
  readonly warmUpMs: number
  readonly ms: number
}

interface SnugAndBaseline {
  readonly snug: Figures
  readonly baseline: Figures
}

/** Two processes on one Redis beside one alone, and beside what Redis itself takes. */
export async function measureClustered(arena: Environment, sizes: ClusteredSizes): Promise<Round> {
  const folder = mkdtempSync(join(tmpdir(), 'snug-bench-'))
  try {
    const parts = [await measureLatency(arena, folder, sizes), await measureThroughput(arena, folder, sizes)]
    return {
      snug: Object.assign({}, ...parts.map(({ snug }) => snug)),
      baselines: { beside: Object.assign({}, ...parts.map(({ baseline }) => baseline)) },
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function measureLatency(
  arena: Environment,
  folder: string,
  sizes: ClusteredSizes,
): Promise<SnugAndBaseline> {
  const redis = await arena.startRedis(mkdtempSync(join(folder, 'redis-')), 'everysec')
  const alone = await arena.startWithLimits('--data', mkdtempSync(join(folder, 'alone-')))
  const one = await arena.startWithLimits('--redis', redis.url)
  const two = await arena.startWithLimits('--redis', redis.url)
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
    const latencies = latencyFigures(await arena.runRelay(job))
    await alone.child.stop()
    const publishes = {
      many: await countPublishesPerEvent([one, two], redis.url, sizes.readers),
      few: await countPublishesPerEvent([one, two], redis.url, 1),
    }
    await one.child.stop()
    await two.child.stop()
    const trips = await countRoundTrips(arena, redis, sizes.posting)
    const asked = {
      [`publishes per event, ${sizes.readers} readers, one`]: [publishes.many, publishes.few],
      'waits for Redis per post, vanishing': [trips.vanishing, 1],
      'waits for Redis per post, kept': [trips.kept, 1],
      [`waits per post, one in ${sizes.posting.seldomMs / 1000} s`]: [trips.seldom, 1],
      'the same where nobody reads': [trips.seldomUnread, 1],
      'commands per post': [trips.commands, 1],
      'commands per post, that tell limits': [trips.limits, undefined],
    } as const
    return {
      snug: { ...latencies.snug, ...pickColumn(asked, 0) },
      baseline: { ...latencies.baseline, ...pickColumn(asked, 1) },
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
      const [alone, shared] = [routes[index] ?? none, routes[index + KINDS.length] ?? none]
      snug[`${kind}, delivered ${quantile}, ms`] = shared[quantile]
      baseline[`${kind}, delivered ${quantile}, ms`] =
        BARE_PUBLISH_FACTOR * barePublish[quantile] + alone[quantile]
      baseline[`  ${kind} ${quantile} within one process, ms`] = alone[quantile]
    }
    baseline[`  bare publish ${quantile}, ms`] = barePublish[quantile]
  }
  return { snug, baseline }
}

async function measureThroughput(
  arena: Environment,
  folder: string,
  sizes: ClusteredSizes,
): Promise<SnugAndBaseline> {
  const alone = await arena.startWithLimits('--data', mkdtempSync(join(folder, 'alone-')))
  const base = await measurePostsPerSecond(arena, alone, alone, sizes)
  await alone.child.stop()
  const snug: Record<string, number> = {}
  const baseline: Record<string, number> = {}
  for (const fsync of ['everysec', 'always'] as const) {
    const redis = await arena.startRedis(mkdtempSync(join(folder, 'redis-')), fsync)
    const one = await arena.startWithLimits('--redis', redis.url)
    const two = await arena.startWithLimits('--redis', redis.url)
    const found = await measurePostsPerSecond(arena, one, two, sizes)
    for (const kind of KINDS) {
      snug[`posts/s, ${kind}, ${fsync}`] = found[kind]
      baseline[`posts/s, ${kind}, ${fsync}`] = base[kind]
    }
    for (const { child } of [one, two, redis]) await child.stop()
  }
  return { snug, baseline }
}

/** Of many posters at one server, with a reader at the other. */
async function measurePostsPerSecond(
  arena: Environment,
  from: RunningServer,
  to: RunningServer,
  { warmUpMs, ms }: ClusteredSizes,
): Promise<Record<Kind, number>> {
  const found = { vanishing: 0, kept: 0 }
  for (const kind of KINDS) {
    const path = kind === 'kept' ? await requestKeptRoom(from.port, kind) : `/r/${kind}`
    const audience = new SubscriberPool([await openPage(to.port, path)])
    await audience.open(1)
    const job = { kind: 'post', path, posters: POSTERS, warmUpMs, ms, rate: undefined } as const
    const outcome = await arena.runLoad<'post'>(from, job)
    if (outcome.refused > 0) throw new Error(`${outcome.refused} posts were refused`)
    found[kind] = outcome.perSecond
    audience.close()
  }
  return found
}
