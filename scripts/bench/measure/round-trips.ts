import { setTimeout as wait } from 'node:timers/promises'
import type { Environment, RunningRedis } from '../environment.ts'
import { openPage, requestKeptRoom } from '../load/page.ts'
import { PostConnection } from '../load/post-connection.ts'
import { SubscriberPool } from '../load/subscriber-pool.ts'
import { CountingProxy } from './counting-proxy.ts'

/** So much longer than all else that a post takes, that its answer's time divided by it is how often it was waited for. */
const ROUND_TRIP_MS = 40

const MEMBERS = 8
const OFTEN_INTERVAL_MS = 500

const SELDOM_ROOMS = 4

export interface PostingSchedule {
  readonly postingMs: number
  /** How far apart those who post seldom do. */
  readonly seldomMs: number
  /** How long nobody does anything, while what a process asks of Redis by itself is counted. */
  readonly idleMs: number
}

/** What a post costs at the process that takes it. */
export interface RoundTrips {
  /** How often a post waits for Redis; means. */
  readonly vanishing: number
  readonly kept: number
  readonly seldom: number
  readonly seldomUnread: number
  /** Commands of one post: what tells the limits, and all else. */
  readonly commands: number
  readonly limits: number
}

interface PostingGroup {
  readonly connections: readonly PostConnection[]
  readonly everyMs: number
}

/** Members who post again and again, at a process that has a long way to Redis. */
export async function countRoundTrips(
  arena: Environment,
  redis: RunningRedis,
  { postingMs, seldomMs, idleMs }: PostingSchedule,
): Promise<RoundTrips> {
  const tap = await CountingProxy.open(redis.port, ROUND_TRIP_MS)
  const { child, port } = await arena.startWithLimits('--redis', tap.url)
  const audiences: SubscriberPool[] = []
  const open = async (
    room: string,
    kept: boolean,
    members: number,
    read: boolean,
  ): Promise<PostConnection[]> => {
    const path = kept ? await requestKeptRoom(port, room) : `/r/${room}`
    if (read) {
      const audience = new SubscriberPool([await openPage(port, path)])
      audiences.push(audience)
      await audience.open(1)
    }
    const pages = await Promise.all(Array.from({ length: members }, () => openPage(port, path)))
    return pages.map((page) => new PostConnection(page))
  }
  const seldom = async (name: string, read: boolean) => {
    const rooms = Array.from({ length: SELDOM_ROOMS }, (_, n) => open(`${name}-${n}`, n % 2 === 0, 1, read))
    return { connections: (await Promise.all(rooms)).flat(), everyMs: seldomMs }
  }
  const groups: PostingGroup[] = [
    { connections: await open('often-vanishing', false, MEMBERS, true), everyMs: OFTEN_INTERVAL_MS },
    { connections: await open('often-kept', true, MEMBERS, true), everyMs: OFTEN_INTERVAL_MS },
    await seldom('seldom', true),
    await seldom('seldom-unread', false),
  ]
  // All of them have a name then, and what is read once is read.
  await postAll(groups, seldomMs)
  const idle = await countCommands(tap, () => wait(idleMs))
  let answers: number[][] = []
  const busy = await countCommands(tap, async () => {
    answers = await postAll(groups, postingMs)
  })
  for (const audience of audiences) audience.close()
  for (const { connections } of groups) for (const line of connections) line.close()
  await child.stop()
  tap.close()
  const posts = answers.reduce((sum, { length }) => sum + length, 0)
  const [vanishing = 0, kept = 0, seldomRead = 0, seldomUnread = 0] = answers.map(
    (times) => times.reduce((sum, time) => sum + Math.floor(time / ROUND_TRIP_MS), 0) / times.length,
  )
  return {
    vanishing,
    kept,
    seldom: seldomRead,
    seldomUnread,
    commands: (busy.others - (idle.others * postingMs) / idleMs) / posts,
    limits: busy.limits / posts,
  }
}

// Keys differ from post to post.
let nextNumber = 0

/** The milliseconds that each post took until it was answered, of each group. */
function postAll(groups: readonly PostingGroup[], ms: number): Promise<number[][]> {
  const started = performance.now()
  return Promise.all(
    groups.map(async ({ connections, everyMs }) => {
      const times: number[] = []
      const postUntilEnd = async (line: PostConnection, index: number) => {
        for (let due = (everyMs * index) / connections.length; due < ms; due += everyMs) {
          await wait(Math.max(0, started + due - performance.now()))
          const began = performance.now()
          if (!(await line.post(nextNumber++))) throw new Error('A post was refused')
          times.push(performance.now() - began)
        }
      }
      await Promise.all(connections.map(postUntilEnd))
      return times
    }),
  )
}

async function countCommands(
  tap: CountingProxy,
  run: () => Promise<void>,
): Promise<{ limits: number; others: number }> {
  tap.counts.clear()
  await run()
  let limits = 0
  let others = 0
  for (const [name, count] of tap.counts) {
    if (name.endsWith(' spent')) limits += count
    else if (name !== 'PING') others += count
  }
  return { limits, others }
}
