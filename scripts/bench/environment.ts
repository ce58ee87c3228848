import { join } from 'node:path'
import { NODE_FLAGS } from '../node-flags.ts'
import type { ChildProcesses, RunningChild } from './children.ts'
import type { Job } from './load/job.ts'
import type { JobResult } from './load/result.ts'
import type { Pinning } from './machine.ts'
import { REDIS_READY, redisCommand } from './redis.ts'
import { reservePort } from './reserve-port.ts'

const START_TIMEOUT_MS = 20_000

/** A job that takes longer hangs, and is killed. */
const JOB_TIMEOUT_MS = 300_000

/** All servers print their URL. */
const PRINTED_PORT = /http:\/\/[^\s:]+:(\d+)/

const MONITOR = join(import.meta.dirname, 'baselines', 'delay-monitor.ts')
const LOAD = join(import.meta.dirname, 'load', 'load.ts')

/** Streams that a job opens in addition to those of its subscribers. */
const SPARE_STREAMS = 500

const RAISED_LIMITS = [
  ['--limit-posts', '1000000/s,1000000/s'],
  ['--limit-names', '1000000/s,1000000/s'],
  ['--limit-rooms', '1000000/h'],
  ['--limit-streams', '10000,10000'],
  ['--limit-reads', '1000000/s,1000000/s'],
  ['--max-streams', '10000'],
  ['--max-room-streams', '10000'],
].flat()

/** A running server. */
export interface RunningServer {
  readonly child: RunningChild
  readonly port: number
}

export interface RunningRedis extends RunningServer {
  readonly url: string
}

/** Options of a Snug that is started. */
export interface SnugStartOptions {
  /** Pinned to the core of servers (the default). Off to measure the start, or a server with threads, on all cores. */
  readonly pinned?: boolean
  /** Monitors the event loop; see `readLoopDelay`. */
  readonly monitored?: boolean
  /** Keeps the limits of the defaults. */
  readonly limits?: boolean
  /** Additional flags. */
  readonly flags?: readonly string[]
}

/** A job that is running. */
export interface RunningJob<Done> {
  /** Resolves when the load has printed a line. */
  readonly waitForLine: (line: string) => Promise<void>
  readonly result: Promise<Done>
}

type JobOptions<Whole extends { kind: string }, Kind extends string> = Whole extends { kind: Kind }
  ? Omit<Whole, 'port' | 'pid'>
  : never

/** Starts servers, and load on them. */
export class Environment {
  readonly #children: ChildProcesses
  readonly #pins: Pinning
  readonly #bundle: string

  /** @param bundle the file that `npm run build` makes */
  constructor(children: ChildProcesses, pins: Pinning, bundle: string) {
    this.#children = children
    this.#pins = pins
    this.#bundle = bundle
  }

  /**
   * Starts Snug, without rate limits unless they are measured.
   * @param streams the number of streams that the job measures; some more can be opened
   */
  startSnug(
    streams: number,
    { pinned = true, monitored = false, limits = false, flags = [] }: SnugStartOptions = {},
  ): Promise<RunningServer> {
    const streamsMax = String(streams + SPARE_STREAMS)
    return this.startServer(
      [
        ...[process.execPath, ...NODE_FLAGS, ...(monitored ? ['--import', MONITOR] : []), this.#bundle],
        ...['--port', '0', ...(limits ? [] : ['--limits', 'off']), '--log-level', 'silent'],
        ...['--max-streams', streamsMax, '--max-room-streams', streamsMax, ...flags],
      ],
      pinned,
    )
  }

  /**
   * Starts Snug on all cores, with all limits on, but so high that no request reaches them.
   * @param storage `--data FOLDER` or `--redis URL`
   */
  startWithLimits(...storage: readonly string[]): Promise<RunningServer> {
    const flags = ['--port', '0', '--log-level', 'silent', ...RAISED_LIMITS, ...storage]
    return this.startServer([process.execPath, ...NODE_FLAGS, this.#bundle, ...flags], false)
  }

  /**
   * Starts a server of the benchmark itself.
   * @param name of the script in `baselines/`, without `.ts`
   */
  startBaseline(name: string, ...args: readonly string[]): Promise<RunningServer> {
    return this.startServer([process.execPath, join(import.meta.dirname, 'baselines', `${name}.ts`), ...args])
  }

  /** Starts any server that prints its URL. */
  async startServer(command: readonly string[], pinned = true): Promise<RunningServer> {
    const child = this.#children.start([...(pinned ? this.#pins.server : []), ...command])
    return { child, port: Number(await child.waitForMatch(PRINTED_PORT, START_TIMEOUT_MS)) }
  }

  /** Starts a server that prints nothing; the caller must wait until it answers. */
  startSilentServer(command: readonly string[], port: number): RunningServer {
    return { child: this.#children.start([...this.#pins.server, ...command]), port }
  }

  /** Starts a Node that does nothing. */
  startBareNode(): RunningChild {
    return this.#children.start([process.execPath, '-e', '0'])
  }

  /**
   * Starts a Redis with its files in `folder`.
   * @param fsync when it syncs its append-only file: once a second, or before each reply
   */
  async startRedis(folder: string, fsync: 'everysec' | 'always'): Promise<RunningRedis> {
    const port = await reservePort()
    const child = this.#children.start(redisCommand(port, folder, fsync))
    await child.waitForMatch(REDIS_READY, START_TIMEOUT_MS)
    return { child, port, url: `redis://127.0.0.1:${port}` }
  }

  /** Runs a job on a server. */
  runLoad<Kind extends Exclude<Job['kind'], 'relay'>>(
    server: RunningServer,
    job: JobOptions<Job, Kind>,
  ): Promise<Extract<JobResult, { kind: Kind }>> {
    return this.beginLoad<Kind>(server, job).result
  }

  /** Starts a job without waiting for its result. */
  beginLoad<Kind extends Exclude<Job['kind'], 'relay'>>(
    { child, port }: RunningServer,
    job: JobOptions<Job, Kind>,
  ): RunningJob<Extract<JobResult, { kind: Kind }>> {
    return this.#startJob({ ...job, port, pid: child.pid })
  }

  /** Sends messages from server to server. Runs on all cores, like the servers. */
  runRelay(job: Extract<Job, { kind: 'relay' }>): Promise<Extract<JobResult, { kind: 'relay' }>> {
    return this.#startJob<Extract<JobResult, { kind: 'relay' }>>(job, false).result
  }

  #startJob<Done extends JobResult>(job: object, pinned = true): RunningJob<Done> {
    const pins = pinned ? this.#pins.load : []
    const load = this.#children.start([...pins, process.execPath, LOAD, JSON.stringify(job)])
    const result = load.output(JOB_TIMEOUT_MS).then(parseJobResult<Done>)
    // A failure before `result` is awaited is reported by `waitForLine`.
    result.catch(() => {})
    return {
      waitForLine: async (line) => {
        await load.waitForMatch(new RegExp(`^(${line})$`, 'm'), JOB_TIMEOUT_MS)
      },
      result,
    }
  }
}

/**
 * The event-loop delay of a monitored server since the last call, p99 in milliseconds.
 * @param count the number of this call for the server, from 1
 */
export async function readLoopDelay({ child }: RunningServer, count: number): Promise<number> {
  process.kill(child.pid, 'SIGUSR2')
  return Number(await child.waitForMatch(new RegExp(`event-loop delay ${count}: ([\\d.]+) ms`), 5000))
}

// The last line of the load process is the result. Its type is that of the job.
function parseJobResult<Done extends JobResult>(output: string): Done {
  return JSON.parse(output.trimEnd().split('\n').at(-1) ?? '') as Done
}
