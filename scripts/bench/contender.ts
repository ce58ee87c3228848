import { join } from 'node:path'
import type { Child, Children } from './children.ts'
import type { FanOutOutcome, IdleOutcome, Job, PostOutcome, RelayJob, RelayOutcome } from './job.ts'
import type { Pinning } from './machine.ts'
import { freePort, REDIS_READY, redisCommand } from './redis.ts'

export const CONTENDERS = ['snug', 'plain'] as const
export type Contender = (typeof CONTENDERS)[number]

const START_TIMEOUT_MS = 20_000

/** No job takes longer: what hangs is ended. */
const JOB_TIMEOUT_MS = 300_000

/** Both print the link at which they answer. */
const PORT = /http:\/\/[^\s:]+:(\d+)/

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

  /**
   * @param streams how many may be open
   * @param pinned off where what is measured is the start, for which everybody has all cores
   */
  snug(streams: number, pinned = true): Promise<Running> {
    const flags = [
      '--port',
      '0',
      '--limits',
      'off',
      '--max-streams',
      String(streams),
      '--max-room-streams',
      String(streams),
      '--log-level',
      'silent',
    ]
    return this.#start([...(pinned ? this.#pins.server : []), process.execPath, this.#bundle, ...flags])
  }

  /** With a data folder, and an eye on its event loop; on all cores, for it has a writing thread. */
  watched(data: string): Promise<Running> {
    const monitor = join(import.meta.dirname, 'delay-monitor.ts')
    const flags = ['--port', '0', '--limits', 'off', '--log-level', 'silent', '--data', data]
    return this.#start([process.execPath, '--import', monitor, this.#bundle, ...flags])
  }

  /** @param frameBytes the size of Snug's frames on the wire */
  plain(frameBytes: number): Promise<Running> {
    const script = join(import.meta.dirname, 'plain-server.ts')
    return this.#start([...this.#pins.server, process.execPath, script, String(frameBytes)])
  }

  bareNode(): Child {
    return this.#children.start([process.execPath, '-e', '0'])
  }

  /**
   * With all limits on, but so high that nobody meets them; on all cores.
   * @param where it keeps what lasts: `--data FOLDER` or `--redis URL`
   */
  limited(...where: readonly string[]): Promise<Running> {
    const flags = ['--port', '0', '--log-level', 'silent', ...RAISED_LIMITS, ...where]
    return this.#start([process.execPath, this.#bundle, ...flags])
  }

  /** A Redis whose files are in the folder; what it takes is on the disk within a second, or before it answers. */
  async redis(folder: string, fsync: 'everysec' | 'always'): Promise<RunningRedis> {
    const port = await freePort()
    const child = this.#children.start(redisCommand(port, folder, fsync))
    await child.prints(REDIS_READY, START_TIMEOUT_MS)
    return { child, port, url: `redis://127.0.0.1:${port}` }
  }

  /** Puts a load on a server until the job is done. */
  load<Outcome extends FanOutOutcome | IdleOutcome | PostOutcome>(
    { child, port }: Running,
    job: Omit<Job & { kind: Outcome['kind'] }, 'port' | 'pid'>,
  ): Promise<Outcome> {
    return this.#do({ ...job, port, pid: child.pid })
  }

  /** Sends messages from server to server. */
  relay(job: RelayJob): Promise<RelayOutcome> {
    return this.#do(job, false)
  }

  async #do<Outcome>(job: object, pinned = true): Promise<Outcome> {
    const script = join(import.meta.dirname, 'load.ts')
    const load = this.#children.start([
      ...(pinned ? this.#pins.load : []),
      process.execPath,
      script,
      JSON.stringify(job),
    ])
    return JSON.parse(await load.output(JOB_TIMEOUT_MS)) as Outcome
  }

  async #start(command: readonly string[]): Promise<Running> {
    const child = this.#children.start(command)
    return { child, port: Number(await child.prints(PORT, START_TIMEOUT_MS)) }
  }
}
