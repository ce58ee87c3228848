import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BenchSetup } from './benchmark.ts'
import { type Contender, snugContender } from './contenders.ts'
import type { RunningServer } from './environment.ts'
import { CPU_PER_DELIVERY, deliveryErrors, fanOutFigures } from './figures.ts'
import type { FanOutJob, Pace } from './load/job.ts'
import type { FanOutResult } from './load/result.ts'
import { explainMissingRedis } from './redis.ts'
import type { Sizes } from './sizes.ts'

/** One measurement, at one size. */
export interface Point {
  /** Name of the server. */
  readonly contender: string
  /** Readers, rooms or processes. */
  readonly size: number
  /** Microseconds of server CPU per delivery. NaN if the system does not provide it. */
  readonly cpu: number
  /** Deliveries per second. */
  readonly perSecond: number
  /** Latency in milliseconds. */
  readonly p50: number
  readonly p99: number
  readonly residentMb: number
  /** CPU of the load process, in percent of a core. */
  readonly loadBusy: number
}

/** How costs grow: series by ascending size. All servers are measured in succession at each size. */
export interface Growth {
  /** By readers of one room: saturated, and at five messages per second. */
  readonly readersSaturated: readonly Point[]
  readonly readersTrickle: readonly Point[]
  /** By rooms, with the same number of readers: saturated, and at a steady rate. */
  readonly roomsSaturated: readonly Point[]
  readonly roomsSteady: readonly Point[]
  /** By processes on one Redis; first, as 0, a single process without Redis. */
  readonly processesSaturated: readonly Point[]
  readonly processesSteady: readonly Point[]
  readonly errors: readonly string[]
}

const STEADY_RATE = 200
const TRICKLE_RATE = 5

const SATURATED: Pace = { kind: 'in-flight', count: 8 }
const STEADY: Pace = { kind: 'per-second', rate: STEADY_RATE }
const TRICKLE: Pace = { kind: 'per-second', rate: TRICKLE_RATE }

/** Bounds of the messages of one measurement: fewer prove little, and more take long if each is a post of its own. */
const MESSAGES_MIN = 24
const MESSAGES_MAX = 1000

type LoadShape = Pick<FanOutJob, 'subscribers' | 'rooms' | 'messages' | 'pace' | 'second' | 'helperPids'>

/** @param peers servers that are measured by readers only, in addition to the baselines */
export async function measureGrowth(
  setup: BenchSetup,
  peers: readonly Contender[],
  sizes: Sizes,
  log: (line: string) => void,
): Promise<Growth> {
  const { environment, baselines } = setup
  const errors: string[] = []
  const main = [snugContender(environment), ...(baselines.floor ? [baselines.floor] : []), baselines.plain]

  const measure = async (
    name: string,
    size: number,
    server: RunningServer,
    load: LoadShape,
  ): Promise<Point> => {
    const warmUp = Math.max(8, Math.min(200, Math.round(20_000 / load.subscribers), load.messages))
    const result = await environment.runLoad<'fan-out'>(server, { kind: 'fan-out', warmUp, ...load })
    errors.push(...deliveryErrors(`${name} at ${size}`, result))
    return pointOf(name, size, result)
  }
  const measureOne = async (contender: Contender, size: number, load: LoadShape): Promise<Point> => {
    const server = await contender.start(load.subscribers)
    try {
      return await measure(contender.name, size, server, load)
    } finally {
      await server.child.stop()
    }
  }

  const readersSaturated: Point[] = []
  const readersTrickle: Point[] = []
  for (const subscribers of sizes.readers) {
    log(`growth: ${subscribers} readers`)
    const messages = clampMessages(sizes.deliveries / subscribers)
    for (const contender of [...main, ...peers])
      readersSaturated.push(
        await measureOne(contender, subscribers, { subscribers, messages, pace: SATURATED }),
      )
    const trickle = { subscribers, messages: sizes.trickleMessages, pace: TRICKLE }
    for (const contender of [...main, ...(subscribers === sizes.readersOfRooms ? peers : [])])
      readersTrickle.push(await measureOne(contender, subscribers, trickle))
  }

  const roomsSaturated: Point[] = []
  const roomsSteady: Point[] = []
  const subscribers = sizes.readersOfRooms
  for (const rooms of sizes.rooms) {
    log(`growth: ${rooms} rooms`)
    const messages = clampMessages((sizes.deliveries * rooms) / subscribers)
    const steady = { subscribers, rooms, messages: sizes.steadyMessages, pace: STEADY }
    roomsSaturated.push(
      await measureOne(snugContender(environment), rooms, { subscribers, rooms, messages, pace: SATURATED }),
    )
    roomsSteady.push(await measureOne(snugContender(environment), rooms, steady))
  }

  const processesSaturated: Point[] = []
  const withRedis = explainMissingRedis() === undefined
  const processesSteady: Point[] = []
  const saturated = { subscribers, messages: clampMessages(sizes.deliveries / subscribers), pace: SATURATED }
  const steady = { subscribers, messages: sizes.steadyMessages, pace: STEADY }
  for (const processes of sizes.processes.filter((count) => count === 0 || withRedis)) {
    log(`growth: ${processes === 0 ? 'a process without Redis' : `${processes} on one Redis`}`)
    await withProcesses(setup, processes, subscribers, async (server, more) => {
      processesSaturated.push(await measure('snug', processes, server, { ...saturated, ...more }))
      processesSteady.push(await measure('snug', processes, server, { ...steady, ...more }))
    })
  }
  return {
    readersSaturated,
    readersTrickle,
    roomsSaturated,
    roomsSteady,
    processesSaturated,
    processesSteady,
    errors,
  }
}

/** Calls `use` with the running processes. All share one core: their CPU time is compared, not their speed. */
async function withProcesses(
  { environment }: BenchSetup,
  processes: number,
  subscribers: number,
  use: (server: RunningServer, more: Pick<LoadShape, 'second'>) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'snug-bench-'))
  const redis = processes === 0 ? undefined : await environment.startRedis(folder, 'everysec')
  const flags = redis ? ['--redis', redis.url] : []
  const server = await environment.startSnug(subscribers, { flags })
  const second = processes === 2 ? await environment.startSnug(subscribers, { flags }) : undefined
  try {
    await use(server, second ? { second: { port: second.port, pid: second.child.pid } } : {})
  } finally {
    for (const running of [server, second, redis]) await running?.child.stop()
    rmSync(folder, { recursive: true })
  }
}

function pointOf(contender: string, size: number, result: FanOutResult): Point {
  const figures = fanOutFigures(result)
  return {
    contender,
    size,
    cpu: figures[CPU_PER_DELIVERY] ?? Number.NaN,
    perSecond: result.deliveries / result.seconds,
    p50: result.p50,
    p99: result.p99,
    residentMb: (result.resident ?? Number.NaN) / 1e6,
    loadBusy: (result.loadCpuSeconds / result.seconds) * 100,
  }
}

function clampMessages(messages: number): number {
  return Math.round(Math.min(MESSAGES_MAX, Math.max(MESSAGES_MIN, messages)))
}
