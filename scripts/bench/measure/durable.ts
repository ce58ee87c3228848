import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Environment, type RunningServer, readLoopDelay } from '../environment.ts'
import type { Figures, Round } from '../figures.ts'
import { ROOM_PATH } from '../load/page.ts'
import type { PostResult } from '../load/result.ts'
import { median } from '../statistics.ts'
import { measureCommitsPerSecond, measureSyncMs } from './bare-disk.ts'
import { fillRooms } from './fill.ts'

const POSTERS = 64

/** A load that takes more of its core measures itself. */
const LOAD_BUSY_MAX = 0.9

/** What an answer may take above three syncs. */
const RESPONSE_SLACK_MS = 5

export interface DurableSizes {
  readonly warmUpMs: number
  readonly ms: number
  /** Messages of the large room, whose pages stand beside those of a room of a thousand. */
  readonly messages: number
}

const SMALL_ROOM_MESSAGES = 1000
const PAGE_LOADS = 150

/** Posts in a kept room beside those in a vanishing one, and beside what the disk allows; pages of a long history. */
export async function measureDurable(arena: Environment, sizes: DurableSizes): Promise<Round> {
  const folder = mkdtempSync(join(tmpdir(), 'snug-bench-'))
  try {
    const vanishing = await measurePosts(arena, join(folder, 'vanishing'), sizes)
    const kept = await measurePosts(arena, join(folder, 'kept'), sizes, true)
    const sync = measureSyncMs(folder)
    const posts = `posts per second, ${POSTERS} posters`
    const commits = 'beside single commits of node:sqlite'
    const answer = 'answer p99 at half of that, ms'
    const delay = 'event-loop delay p99, ms'
    const { large, small } = await measurePages(arena, join(folder, 'pages'), sizes.messages)
    const page = `a page of ${sizes.messages.toLocaleString('en')}, of ${SMALL_ROOM_MESSAGES.toLocaleString('en')}, ms`
    return {
      snug: { ...postFigures(kept, posts, answer, delay), [commits]: kept.full.perSecond, [page]: large },
      baselines: {
        beside: {
          ...postFigures(vanishing, posts, answer, delay),
          [commits]: measureCommitsPerSecond(folder),
          [answer]: 3 * sync + RESPONSE_SLACK_MS,
          [page]: small,
        },
      },
      errors: [...postErrors(vanishing), ...postErrors(kept)],
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

interface PostMeasurements {
  readonly full: PostResult
  readonly half: PostResult | undefined
  readonly delayMs: number
}

function postFigures(
  { full, half, delayMs }: PostMeasurements,
  posts: string,
  answer: string,
  delay: string,
): Figures {
  const { serverCpuSeconds, perSecond, seconds } = full
  return {
    [posts]: perSecond,
    'server CPU per post, µs': serverCpuSeconds && (serverCpuSeconds / perSecond / seconds) * 1e6,
    [answer]: half?.p99,
    [delay]: delayMs,
  }
}

function postErrors({ full, half }: PostMeasurements): string[] {
  return [full, half].flatMap((outcome) => {
    if (!outcome) return []
    const busy = outcome.loadCpuSeconds / outcome.seconds
    return [
      ...(outcome.refused > 0 ? [`snug: ${outcome.refused} posts refused`] : []),
      ...(busy > LOAD_BUSY_MAX
        ? [`snug: the load was busy for ${Math.round(busy * 100)} % of the time`]
        : []),
    ]
  })
}

/** On all cores, for it has a writing thread. */
function startMonitored(arena: Environment, data: string): Promise<RunningServer> {
  return arena.startSnug(POSTERS, { pinned: false, monitored: true, flags: ['--data', data] })
}

async function measurePosts(
  arena: Environment,
  data: string,
  sizes: DurableSizes,
  kept = false,
): Promise<PostMeasurements> {
  mkdirSync(data, { mode: 0o700 })
  if (kept) fillRooms(data, { bench: 0 })
  const server = await startMonitored(arena, data)
  const { warmUpMs, ms } = sizes
  const job = { kind: 'post', path: ROOM_PATH, posters: POSTERS, warmUpMs, ms } as const
  await readLoopDelay(server, 1)
  const full = await arena.runLoad<'post'>(server, { ...job, rate: undefined })
  const delayMs = await readLoopDelay(server, 2)
  const half = kept ? await arena.runLoad<'post'>(server, { ...job, rate: full.perSecond / 2 }) : undefined
  await server.child.stop()
  return { full, half, delayMs }
}

async function measurePages(arena: Environment, data: string, messages: number) {
  mkdirSync(data, { mode: 0o700 })
  fillRooms(data, { large: messages, small: SMALL_ROOM_MESSAGES })
  const { child, port } = await startMonitored(arena, data)
  const times = { large: [] as number[], small: [] as number[] }
  for (let n = 0; n < PAGE_LOADS; n++) {
    for (const room of ['large', 'small'] as const) {
      // The newest page, then pages anywhere.
      const seq = Math.ceil(((room === 'large' ? messages : SMALL_ROOM_MESSAGES) * (n % 10)) / 10)
      const before = seq === 0 ? '' : `?before=bench.${seq}`
      const began = performance.now()
      const answer = await fetch(`http://127.0.0.1:${port}/r/${room}/messages${before}`, {
        headers: { Accept: 'application/json' },
      })
      await answer.text()
      if (n >= PAGE_LOADS / 3) times[room].push(performance.now() - began)
    }
  }
  await child.stop()
  return { large: median(times.large), small: median(times.small) }
}
