import { setTimeout as wait } from 'node:timers/promises'
import type { Environment, RunningRedis } from '../environment.ts'
import { openPage, requestKeptRoom } from '../load/page.ts'
import { PostConnection } from '../load/post-connection.ts'
import { SubscriberPool } from '../load/subscriber-pool.ts'
import { CountingProxy } from './counting-proxy.ts'

/** Much longer than all else that a post takes, so that response time divided by it is the number of round trips. */
const ROUND_TRIP_MS = 40

const MEMBERS = 8
const OFTEN_INTERVAL_MS = 500

const SELDOM_ROOMS = 4

export interface PostingSchedule {
  readonly postingMs: number
  /** Interval of members who post seldom. */
  readonly seldomMs: number
  /** Duration of the idle phase. It counts the commands that the process sends by itself. */
  readonly idleMs: number
}

/** The cost of a post in Redis, for the process that receives it. */
export interface RoundTrips {
  /** Mean round trips that a post waits for. */
  readonly vanishing: number
  readonly kept: number
  readonly seldom: number
  readonly seldomUnread: number
  /** Commands per post, without those for rate limits. */
  readonly commands: number
  /** Commands per post for rate limits. */
  readonly limits: number
}

interface PostingGroup {
  readonly connections: readonly PostConnection[]
  readonly everyMs: number
}

/** Counts the round trips and commands of members who post repeatedly, with a long round trip to Redis. */
export async function countRoundTrips(
  environment: Environment,
  redis: RunningRedis,
  { postingMs, seldomMs, idleMs }: PostingSchedule,
): Promise<RoundTrips> {
  const proxy = await CountingProxy.open(redis.port, ROUND_TRIP_MS)
  const { child, port } = await environment.startWithLimits('--redis', proxy.url)
  const pools: SubscriberPool[] = []
  const open = async (
    room: string,
    kept: boolean,
    members: number,
    read: boolean,
  ): Promise<PostConnection[]> => {
    const path = kept ? await requestKeptRoom(port, room) : `/r/${room}`
    if (read) {
      const pool = new SubscriberPool([await openPage(port, path)])
      pools.push(pool)
      await pool.open(1)
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
  // Warm-up: afterwards all members have a name, and all caches are filled.
  await postAll(groups, seldomMs)
  const idle = await countCommands(proxy, () => wait(idleMs))
  let responseTimes: number[][] = []
  const busy = await countCommands(proxy, async () => {
    responseTimes = await postAll(groups, postingMs)
  })
  for (const pool of pools) pool.close()
  for (const { connections } of groups) for (const connection of connections) connection.close()
  await child.stop()
  proxy.close()
  const posts = responseTimes.reduce((sum, { length }) => sum + length, 0)
  const [vanishing = 0, kept = 0, seldomRead = 0, seldomUnread = 0] = responseTimes.map(
    (timesMs) => timesMs.reduce((sum, time) => sum + Math.floor(time / ROUND_TRIP_MS), 0) / timesMs.length,
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

/**
 * Posts in all groups concurrently.
 * @returns response times in milliseconds, by group
 */
function postAll(groups: readonly PostingGroup[], ms: number): Promise<number[][]> {
  const started = performance.now()
  return Promise.all(
    groups.map(async ({ connections, everyMs }) => {
      const timesMs: number[] = []
      const postUntilEnd = async (connection: PostConnection, index: number) => {
        for (let due = (everyMs * index) / connections.length; due < ms; due += everyMs) {
          await wait(Math.max(0, started + due - performance.now()))
          const began = performance.now()
          if (!(await connection.post(nextNumber++))) throw new Error('A post was refused')
          timesMs.push(performance.now() - began)
        }
      }
      await Promise.all(connections.map(postUntilEnd))
      return timesMs
    }),
  )
}

async function countCommands(
  proxy: CountingProxy,
  run: () => Promise<void>,
): Promise<{ limits: number; others: number }> {
  proxy.counts.clear()
  await run()
  let limits = 0
  let others = 0
  for (const [name, count] of proxy.counts) {
    if (name.endsWith(' spent')) limits += count
    else if (name !== 'PING') others += count
  }
  return { limits, others }
}
