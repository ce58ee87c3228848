import { join } from 'node:path'
import { NODE_FLAGS } from '../node-flags.ts'
import type { Child, Children } from './children.ts'
import type { Job } from './load/job.ts'
import type { Outcome } from './load/outcome.ts'
import type { Pinning } from './machine.ts'
import { freePort, REDIS_READY, redisCommand } from './redis.ts'

const START_TIMEOUT_MS = 20_000

/** No job takes longer: what hangs is ended. */
const JOB_TIMEOUT_MS = 300_000

/** All servers print the link at which they answer. */
const PORT = /http:\/\/[^\s:]+:(\d+)/

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
export interface Running {
  readonly child: Child
  readonly port: number
}

export interface RunningRedis extends Running {
  readonly url: string
}

/** How Snug is started. */
export interface Wish {
  /** Off where what is measured is the start, or has threads: then it has all cores. */
  readonly pinned?: boolean
  /** With an eye on its event loop; see `delayOf`. */
  readonly watched?: boolean
  /** Further flags. */
  readonly flags?: readonly string[]
}

/** A job that is done at this moment. */
export interface Doing<Done> {
  /** Resolves once the load says so. */
  readonly says: (word: string) => Promise<void>
  readonly outcome: Promise<Done>
}

type Without<Whole extends { kind: string }, Kind extends string> = Whole extends { kind: Kind }
  ? Omit<Whole, 'port' | 'pid'>
  : never

/** Starts servers, and the load against them. */
export class Arena {
  readonly #children: Children
  readonly #pins: Pinning
  readonly #bundle: string

  /** @param bundle the file that `npm run build` makes */
  constructor(children: Children, pins: Pinning, bundle: string) {
    this.#children = children
    this.#pins = pins
    this.#bundle = bundle
  }

  /** @param streams how many may be open for what is measured; a few more may be for all else */
  snug(streams: number, { pinned = true, watched = false, flags = [] }: Wish = {}): Promise<Running> {
    const most = String(streams + SPARE_STREAMS)
    return this.start(
      [
        ...[process.execPath, ...NODE_FLAGS, ...(watched ? ['--import', MONITOR] : []), this.#bundle],
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
  limited(...where: readonly string[]): Promise<Running> {
    const flags = ['--port', '0', '--log-level', 'silent', ...RAISED_LIMITS, ...where]
    return this.start([process.execPath, ...NODE_FLAGS, this.#bundle, ...flags], false)
  }

  /** A server of ours that stands beside: a script in `beside/`. */
  script(name: string, ...args: readonly string[]): Promise<Running> {
    return this.start([process.execPath, join(import.meta.dirname, 'baselines', `${name}.ts`), ...args])
  }

  /** Any server that prints its address. */
  async start(command: readonly string[], pinned = true): Promise<Running> {
    const child = this.#children.start([...(pinned ? this.#pins.server : []), ...command])
    return { child, port: Number(await child.prints(PORT, START_TIMEOUT_MS)) }
  }

  /** A server that prints nothing. */
  silent(command: readonly string[], port: number): Running {
    return { child: this.#children.start([...this.#pins.server, ...command]), port }
  }

  bareNode(): Child {
    return this.#children.start([process.execPath, '-e', '0'])
  }

  /** A Redis whose files are in the folder; what it takes is on the disk within a second, or before it answers. */
  async redis(folder: string, fsync: 'everysec' | 'always'): Promise<RunningRedis> {
    const port = await freePort()
    const child = this.#children.start(redisCommand(port, folder, fsync))
    await child.prints(REDIS_READY, START_TIMEOUT_MS)
    return { child, port, url: `redis://127.0.0.1:${port}` }
  }

  /** Puts a load on a server until the job is done. */
  load<Kind extends Exclude<Job['kind'], 'relay'>>(
    server: Running,
    job: Without<Job, Kind>,
  ): Promise<Extract<Outcome, { kind: Kind }>> {
    return this.begin<Kind>(server, job).outcome
  }

  /** The same, where something else is done meanwhile. */
  begin<Kind extends Exclude<Job['kind'], 'relay'>>(
    { child, port }: Running,
    job: Without<Job, Kind>,
  ): Doing<Extract<Outcome, { kind: Kind }>> {
    return this.#do({ ...job, port, pid: child.pid })
  }

  /** Sends messages from server to server; on all cores, as they are. */
  relay(job: Extract<Job, { kind: 'relay' }>): Promise<Extract<Outcome, { kind: 'relay' }>> {
    return this.#do<Extract<Outcome, { kind: 'relay' }>>(job, false).outcome
  }

  #do<Done extends Outcome>(job: object, pinned = true): Doing<Done> {
    const pins = pinned ? this.#pins.load : []
    const load = this.#children.start([...pins, process.execPath, LOAD, JSON.stringify(job)])
    const outcome = load.output(JOB_TIMEOUT_MS).then(parseOutcome<Done>)
    // Whoever waits for a word hears of a failure there, before anybody waits for the outcome.
    outcome.catch(() => {})
    return {
      says: async (word) => {
        await load.prints(new RegExp(`^(${word})$`, 'm'), JOB_TIMEOUT_MS)
      },
      outcome,
    }
  }
}

/** How late the event loop of a watched server was since this was last asked, p99 in ms. */
export async function delayOf({ child }: Running, asked: number): Promise<number> {
  process.kill(child.pid, 'SIGUSR2')
  return Number(await child.prints(new RegExp(`event-loop delay ${asked}: ([\\d.]+) ms`), 5000))
}

// The load is ours, and prints what its job asks for.
function parseOutcome<Done extends Outcome>(output: string): Done {
  return JSON.parse(output.trimEnd().split('\n').at(-1) ?? '') as Done
}
