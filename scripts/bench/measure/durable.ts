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

/** A load that uses a larger share of its core is the bottleneck itself. */
const LOAD_BUSY_MAX = 0.9

/** Promise: the p99 of a response is at most three syncs plus this. */
const RESPONSE_SLACK_MS = 5

export interface DurableSizes {
  readonly warmUpMs: number
  readonly ms: number
  /** Messages of the large room, whose history pages are compared with those of a small one. */
  readonly messages: number
}

const SMALL_ROOM_MESSAGES = 1000
const PAGE_LOADS = 150

/** Compares posts in a kept room with a vanishing room and with the disk, and a long history with a short one. */
export async function measureDurable(environment: Environment, sizes: DurableSizes): Promise<Round> {
  const folder = mkdtempSync(join(tmpdir(), 'snug-bench-'))
  try {
    const vanishing = await measurePosts(environment, join(folder, 'vanishing'), sizes)
    const kept = await measurePosts(environment, join(folder, 'kept'), sizes, true)
    const sync = measureSyncMs(folder)
    const posts = `posts per second, ${POSTERS} posters`
    const commits = 'posts/s against single SQLite commits'
    const response = 'response p99 at half that rate, ms'
    const delay = 'event-loop delay p99, ms'
    const { large, small } = await measurePages(environment, join(folder, 'pages'), sizes.messages)
    const page = `history page, ${sizes.messages.toLocaleString('en')} vs. ${SMALL_ROOM_MESSAGES.toLocaleString('en')}, ms`
    return {
      snug: { ...postFigures(kept, posts, response, delay), [commits]: kept.full.perSecond, [page]: large },
      baselines: {
        baseline: {
          ...postFigures(vanishing, posts, response, delay),
          [commits]: measureCommitsPerSecond(folder),
          [response]: 3 * sync + RESPONSE_SLACK_MS,
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
  response: string,
  delay: string,
): Figures {
  const { serverCpuSeconds, perSecond, seconds } = full
  return {
    [posts]: perSecond,
    'server CPU per post, µs': serverCpuSeconds && (serverCpuSeconds / perSecond / seconds) * 1e6,
    [response]: half?.p99,
    [delay]: delayMs,
  }
}

function postErrors({ full, half }: PostMeasurements): string[] {
  return [full, half].flatMap((result) => {
    if (!result) return []
    const busy = result.loadCpuSeconds / result.seconds
    return [
      ...(result.refused > 0 ? [`snug: ${result.refused} posts refused`] : []),
      ...(busy > LOAD_BUSY_MAX
        ? [`snug: the load was busy for ${Math.round(busy * 100)} % of the time`]
        : []),
    ]
  })
}

/** Starts Snug on all cores, because it has a writer thread. */
function startMonitored(environment: Environment, data: string): Promise<RunningServer> {
  return environment.startSnug(POSTERS, { pinned: false, monitored: true, flags: ['--data', data] })
}

async function measurePosts(
  environment: Environment,
  data: string,
  sizes: DurableSizes,
  kept = false,
): Promise<PostMeasurements> {
  mkdirSync(data, { mode: 0o700 })
  if (kept) fillRooms(data, { bench: 0 })
  const server = await startMonitored(environment, data)
  const { warmUpMs, ms } = sizes
  const job = { kind: 'post', path: ROOM_PATH, posters: POSTERS, warmUpMs, ms } as const
  await readLoopDelay(server, 1)
  const full = await environment.runLoad<'post'>(server, { ...job, rate: undefined })
  const delayMs = await readLoopDelay(server, 2)
  const half = kept
    ? await environment.runLoad<'post'>(server, { ...job, rate: full.perSecond / 2 })
    : undefined
  await server.child.stop()
  return { full, half, delayMs }
}

async function measurePages(environment: Environment, data: string, messages: number) {
  mkdirSync(data, { mode: 0o700 })
  fillRooms(data, { large: messages, small: SMALL_ROOM_MESSAGES })
  const { child, port } = await startMonitored(environment, data)
  const times = { large: [] as number[], small: [] as number[] }
  for (let n = 0; n < PAGE_LOADS; n++) {
    for (const room of ['large', 'small'] as const) {
      // The newest page, then pages across the history.
      const seq = Math.ceil(((room === 'large' ? messages : SMALL_ROOM_MESSAGES) * (n % 10)) / 10)
      const before = seq === 0 ? '' : `?before=bench.${seq}`
      const began = performance.now()
      const response = await fetch(`http://127.0.0.1:${port}/r/${room}/messages${before}`, {
        headers: { Accept: 'application/json' },
      })
      await response.text()
      if (n >= PAGE_LOADS / 3) times[room].push(performance.now() - began)
    }
  }
  await child.stop()
  return { large: median(times.large), small: median(times.small) }
}
