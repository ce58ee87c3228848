import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Arena, Running } from '../environment.ts'
import type { Figures, Round } from '../figures.ts'
import { Audience } from '../load/audience.ts'
import type { RelayOutcome, Times } from '../load/outcome.ts'
import { keepRoom, openPage } from '../load/page.ts'
import { publishesPerEvent } from './publishes.ts'
import { countRoundTrips, type PostingTimes } from './round-trips.ts'

const POSTERS = 64

/** One message after the other, so often. */
const EVERY_MS = 8

/** How many times a bare publish the way between processes may take, above what it takes within one. */
const BARE_TIMES = 1.5

const KINDS = ['vanishing', 'kept'] as const
type Kind = (typeof KINDS)[number]

export interface SharedSizes {
  /** Messages that are measured on each way. */
  readonly rounds: number
  /** Before them: hot code must be compiled in every process. */
  readonly warmUpRounds: number
  /** Of the room for whose events the publishes are counted. */
  readonly readers: number
  readonly posting: PostingTimes
  /** Of posting as fast as it goes. */
  readonly warmUpMs: number
  readonly ms: number
}

interface Both {
  readonly snug: Figures
  readonly other: Figures
}

/** Two processes on one Redis beside one alone, and beside what Redis itself takes. */
export async function measureShared(arena: Arena, sizes: SharedSizes): Promise<Round> {
  const folder = mkdtempSync(join(tmpdir(), 'snug-bench-'))
  try {
    const parts = [await measureWay(arena, folder, sizes), await measureSpeed(arena, folder, sizes)]
    return {
      snug: Object.assign({}, ...parts.map(({ snug }) => snug)),
      beside: { beside: Object.assign({}, ...parts.map(({ other }) => other)) },
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function measureWay(arena: Arena, folder: string, sizes: SharedSizes): Promise<Both> {
  const redis = await arena.redis(mkdtempSync(join(folder, 'redis-')), 'everysec')
  const alone = await arena.limited('--data', mkdtempSync(join(folder, 'alone-')))
  const one = await arena.limited('--redis', redis.url)
  const two = await arena.limited('--redis', redis.url)
  const all = [alone, one, two, redis]
  try {
    for (const { port } of [alone, one]) await keepRoom(port, 'kept')
    const ways = [
      { from: alone.port, to: alone.port },
      { from: one.port, to: two.port },
    ].flatMap((way) => KINDS.map((kind) => ({ ...way, path: `/r/${kind}` })))
    const { rounds } = sizes
    const job = {
      kind: 'relay',
      ways,
      redis: redis.url,
      warmUp: sizes.warmUpRounds,
      rounds,
      everyMs: EVERY_MS,
    } as const
    const latencies = latencyFigures(await arena.relay(job))
    await alone.child.stop()
    const publishes = {
      many: await publishesPerEvent([one, two], redis.url, sizes.readers),
      few: await publishesPerEvent([one, two], redis.url, 1),
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
      snug: { ...latencies.snug, ...column(asked, 0) },
      other: { ...latencies.other, ...column(asked, 1) },
    }
  } finally {
    for (const { child } of all) await child.stop()
  }
}

function column(rows: Readonly<Record<string, readonly (number | undefined)[]>>, index: number): Figures {
  return Object.fromEntries(Object.entries(rows).map(([name, row]) => [name, row[index]]))
}

function latencyFigures({ ways, bare }: RelayOutcome): Both {
  const snug: Record<string, number> = {}
  const other: Record<string, number> = {}
  const none: Times = { p50: Number.NaN, p99: Number.NaN, max: Number.NaN }
  for (const quantile of ['p50', 'p99'] as const) {
    for (const [index, kind] of KINDS.entries()) {
      const [alone, shared] = [ways[index] ?? none, ways[index + KINDS.length] ?? none]
      snug[`${kind}, delivered ${quantile}, ms`] = shared[quantile]
      other[`${kind}, delivered ${quantile}, ms`] = BARE_TIMES * bare[quantile] + alone[quantile]
      other[`  ${kind} ${quantile} within one process, ms`] = alone[quantile]
    }
    other[`  bare publish ${quantile}, ms`] = bare[quantile]
  }
  return { snug, other }
}

async function measureSpeed(arena: Arena, folder: string, sizes: SharedSizes): Promise<Both> {
  const alone = await arena.limited('--data', mkdtempSync(join(folder, 'alone-')))
  const base = await postsPerSecond(arena, alone, alone, sizes)
  await alone.child.stop()
  const snug: Record<string, number> = {}
  const other: Record<string, number> = {}
  for (const fsync of ['everysec', 'always'] as const) {
    const redis = await arena.redis(mkdtempSync(join(folder, 'redis-')), fsync)
    const one = await arena.limited('--redis', redis.url)
    const two = await arena.limited('--redis', redis.url)
    const found = await postsPerSecond(arena, one, two, sizes)
    for (const kind of KINDS) {
      snug[`posts/s, ${kind}, ${fsync}`] = found[kind]
      other[`posts/s, ${kind}, ${fsync}`] = base[kind]
    }
    for (const { child } of [one, two, redis]) await child.stop()
  }
  return { snug, other }
}

/** Of many posters at one server, with a reader at the other. */
async function postsPerSecond(
  arena: Arena,
  from: Running,
  to: Running,
  { warmUpMs, ms }: SharedSizes,
): Promise<Record<Kind, number>> {
  const found = { vanishing: 0, kept: 0 }
  for (const kind of KINDS) {
    const path = kind === 'kept' ? await keepRoom(from.port, kind) : `/r/${kind}`
    const audience = new Audience([await openPage(to.port, path)])
    await audience.open(1)
    const job = { kind: 'post', path, posters: POSTERS, warmUpMs, ms, rate: undefined } as const
    const outcome = await arena.load<'post'>(from, job)
    if (outcome.refused > 0) throw new Error(`${outcome.refused} posts were refused`)
    found[kind] = outcome.perSecond
    audience.close()
  }
  return found
}
