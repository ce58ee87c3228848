import { join } from 'node:path'
import { NODE_FLAGS } from '../node-flags.ts'
import type { ChildProcesses, RunningChild } from './children.ts'
import type { Job } from './load/job.ts'
import type { JobResult } from './load/result.ts'
import type { Pinning } from './machine.ts'
import { findFreePort, REDIS_READY, redisCommand } from './redis.ts'

const START_TIMEOUT_MS = 20_000

/** No job takes longer: what hangs is ended. */
const JOB_TIMEOUT_MS = 300_000

/** All servers print the link at which they answer. */
const PRINTED_PORT = /http:\/\/[^\s:]+:(\d+)/

const MONITOR = join(import.meta.dirname, 'baselines', 'delay-monitor.ts')
const LOAD = join(import.meta.dirname, 'load', 'load.ts')

/** Streams beyond those of the subscribers, for all else that a job opens. */
const SPARE_STREAMS = 500

const RAISED_LIMITS = [
  ['--limit-posts', '1000000/s,1000000/s'],
  ['--limit-names', '1000000/s,1000000/s'],
  ['--limit-rooms', '1000000/h'],
  ['--limit-streams', '10000,10000'],
  ['--max-streams', '10000'],
  ['--max-room-streams', '10000'],
].flat()

/** A server that runs. */
export interface RunningServer {
  readonly child: RunningChild
  readonly port: number
}

export interface RunningRedis extends RunningServer {
  readonly url: string
}

/** How Snug is started. */
export interface SnugStartOptions {
  /** Off where what is measured is the start, or has threads: then it has all cores. */
  readonly pinned?: boolean
  /** With an eye on its event loop; see `delayOf`. */
  readonly monitored?: boolean
  /** Further flags. */
  readonly flags?: readonly string[]
}

/** A job that is done at this moment. */
export interface RunningJob<Done> {
  /** Resolves once the load says so. */
  readonly waitForLine: (word: string) => Promise<void>
  readonly result: Promise<Done>
}

type JobOptions<Whole extends { kind: string }, Kind extends string> = Whole extends { kind: Kind }
  ? Omit<Whole, 'port' | 'pid'>
  : never

/** Starts servers, and the load against them. */
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

  /** @param streams how many may be open for what is measured; a few more may be for all else */
  startSnug(
    streams: number,
    { pinned = true, monitored = false, flags = [] }: SnugStartOptions = {},
  ): Promise<RunningServer> {
    const most = String(streams + SPARE_STREAMS)
    return this.startServer(
      [
        ...[process.execPath, ...NODE_FLAGS, ...(monitored ? ['--import', MONITOR] : []), this.#bundle],
        ...['--port', '0', '--limits', 'off', '--log-level', 'silent'],
        ...['--max-streams', most, '--max-room-streams', most, ...flags],
      ],
      pinned,
    )
  }

  /**
   * With all limits on, but so high that nobody meets them; on all cores.
   * @param where it keeps what lasts: `--data FOLDER` or `--redis URL`
   */
  startWithLimits(...where: readonly string[]): Promise<RunningServer> {
    const flags = ['--port', '0', '--log-level', 'silent', ...RAISED_LIMITS, ...where]
    return this.startServer([process.execPath, ...NODE_FLAGS, this.#bundle, ...flags], false)
  }

  /** A server of ours that stands beside: a script in `beside/`. */
  startBaseline(name: string, ...args: readonly string[]): Promise<RunningServer> {
    return this.startServer([process.execPath, join(import.meta.dirname, 'baselines', `${name}.ts`), ...args])
  }

  /** Any server that prints its address. */
  async startServer(command: readonly string[], pinned = true): Promise<RunningServer> {
    const child = this.#children.start([...(pinned ? this.#pins.server : []), ...command])
    return { child, port: Number(await child.waitForMatch(PRINTED_PORT, START_TIMEOUT_MS)) }
  }

  /** A server that prints nothing. */
  startSilentServer(command: readonly string[], port: number): RunningServer {
    return { child: this.#children.start([...this.#pins.server, ...command]), port }
  }

  startBareNode(): RunningChild {
    return this.#children.start([process.execPath, '-e', '0'])
  }

  /** A Redis whose files are in the folder; what it takes is on the disk within a second, or before it answers. */
  async startRedis(folder: string, fsync: 'everysec' | 'always'): Promise<RunningRedis> {
    const port = await findFreePort()
    const child = this.#children.start(redisCommand(port, folder, fsync))
    await child.waitForMatch(REDIS_READY, START_TIMEOUT_MS)
    return { child, port, url: `redis://127.0.0.1:${port}` }
  }

  /** Puts a load on a server until the job is done. */
  runLoad<Kind extends Exclude<Job['kind'], 'relay'>>(
    server: RunningServer,
    job: JobOptions<Job, Kind>,
  ): Promise<Extract<JobResult, { kind: Kind }>> {
    return this.beginLoad<Kind>(server, job).result
  }

  /** The same, where something else is done meanwhile. */
  beginLoad<Kind extends Exclude<Job['kind'], 'relay'>>(
    { child, port }: RunningServer,
    job: JobOptions<Job, Kind>,
  ): RunningJob<Extract<JobResult, { kind: Kind }>> {
    return this.#startJob({ ...job, port, pid: child.pid })
  }

  /** Sends messages from server to server; on all cores, as they are. */
  runRelay(job: Extract<Job, { kind: 'relay' }>): Promise<Extract<JobResult, { kind: 'relay' }>> {
    return this.#startJob<Extract<JobResult, { kind: 'relay' }>>(job, false).result
  }

  #startJob<Done extends JobResult>(job: object, pinned = true): RunningJob<Done> {
    const pins = pinned ? this.#pins.load : []
    const load = this.#children.start([...pins, process.execPath, LOAD, JSON.stringify(job)])
    const result = load.output(JOB_TIMEOUT_MS).then(parseJobResult<Done>)
    // Whoever waits for a word hears of a failure there, before anybody waits for the outcome.
    result.catch(() => {})
    return {
      waitForLine: async (word) => {
        await load.waitForMatch(new RegExp(`^(${word})$`, 'm'), JOB_TIMEOUT_MS)
      },
      result,
    }
  }
}

/** How late the event loop of a watched server was since this was last asked, p99 in ms. */
export async function readLoopDelay({ child }: RunningServer, asked: number): Promise<number> {
  process.kill(child.pid, 'SIGUSR2')
  return Number(await child.waitForMatch(new RegExp(`event-loop delay ${asked}: ([\\d.]+) ms`), 5000))
}

// The load is ours, and prints what its job asks for.
function parseJobResult<Done extends JobResult>(output: string): Done {
  return JSON.parse(output.trimEnd().split('\n').at(-1) ?? '') as Done
}
