import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Arena, delayOf, type Running } from '../environment.ts'
import type { Figures, Round } from '../figures.ts'
import type { PostOutcome } from '../load/outcome.ts'
import { ROOM_PATH } from '../load/page.ts'
import { median } from '../statistics.ts'
import { commitsPerSecond, syncMs } from './bare-disk.ts'
import { fillRooms } from './fill.ts'

const POSTERS = 64

/** A load that takes more of its core measures itself. */
const LOAD_BUSY_MAX = 0.9

/** What an answer may take above three syncs. */
const ANSWER_MS = 5

export interface DurableSizes {
  readonly warmUpMs: number
  readonly ms: number
  /** Messages of the large room, whose pages stand beside those of a room of a thousand. */
  readonly messages: number
}

const SMALL = 1000
const PAGES = 150

/** Posts in a kept room beside those in a vanishing one, and beside what the disk allows; pages of a long history. */
export async function measureDurable(arena: Arena, sizes: DurableSizes): Promise<Round> {
  const folder = mkdtempSync(join(tmpdir(), 'snug-bench-'))
  try {
    const vanishing = await measurePosts(arena, join(folder, 'vanishing'), sizes)
    const kept = await measurePosts(arena, join(folder, 'kept'), sizes, true)
    const sync = syncMs(folder)
    const posts = `posts per second, ${POSTERS} posters`
    const commits = 'beside single commits of node:sqlite'
    const answer = 'answer p99 at half of that, ms'
    const delay = 'event-loop delay p99, ms'
    const { large, small } = await measurePages(arena, join(folder, 'pages'), sizes.messages)
    const page = `a page of ${sizes.messages.toLocaleString('en')}, of ${SMALL.toLocaleString('en')}, ms`
    return {
      snug: { ...figures(kept, posts, answer, delay), [commits]: kept.full.perSecond, [page]: large },
      beside: {
        beside: {
          ...figures(vanishing, posts, answer, delay),
          [commits]: commitsPerSecond(folder),
          [answer]: 3 * sync + ANSWER_MS,
          [page]: small,
        },
      },
      faults: [...faultsOf(vanishing), ...faultsOf(kept)],
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

interface Posts {
  readonly full: PostOutcome
  readonly half: PostOutcome | undefined
  readonly delayMs: number
}

function figures({ full, half, delayMs }: Posts, posts: string, answer: string, delay: string): Figures {
  const { serverCpuSeconds, perSecond, seconds } = full
  return {
    [posts]: perSecond,
    'server CPU per post, µs': serverCpuSeconds && (serverCpuSeconds / perSecond / seconds) * 1e6,
    [answer]: half?.p99,
    [delay]: delayMs,
  }
}

function faultsOf({ full, half }: Posts): string[] {
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
function watched(arena: Arena, data: string): Promise<Running> {
  return arena.snug(POSTERS, { pinned: false, watched: true, flags: ['--data', data] })
}

async function measurePosts(arena: Arena, data: string, sizes: DurableSizes, kept = false): Promise<Posts> {
  mkdirSync(data, { mode: 0o700 })
  if (kept) fillRooms(data, { bench: 0 })
  const server = await watched(arena, data)
  const { warmUpMs, ms } = sizes
  const job = { kind: 'post', path: ROOM_PATH, posters: POSTERS, warmUpMs, ms } as const
  await delayOf(server, 1)
  const full = await arena.load<'post'>(server, { ...job, rate: undefined })
  const delayMs = await delayOf(server, 2)
  const half = kept ? await arena.load<'post'>(server, { ...job, rate: full.perSecond / 2 }) : undefined
  await server.child.stop()
  return { full, half, delayMs }
}

async function measurePages(arena: Arena, data: string, messages: number) {
  mkdirSync(data, { mode: 0o700 })
  fillRooms(data, { large: messages, small: SMALL })
  const { child, port } = await watched(arena, data)
  const times = { large: [] as number[], small: [] as number[] }
  for (let n = 0; n < PAGES; n++) {
    for (const room of ['large', 'small'] as const) {
      // The newest page, then pages anywhere.
      const seq = Math.ceil(((room === 'large' ? messages : SMALL) * (n % 10)) / 10)
      const before = seq === 0 ? '' : `?before=bench.${seq}`
      const began = performance.now()
      const answer = await fetch(`http://127.0.0.1:${port}/r/${room}/messages${before}`, {
        headers: { Accept: 'application/json' },
      })
      await answer.text()
      if (n >= PAGES / 3) times[room].push(performance.now() - began)
    }
  }
  await child.stop()
  return { large: median(times.large), small: median(times.small) }
}
