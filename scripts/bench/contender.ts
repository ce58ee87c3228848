import { join } from 'node:path'
import type { Child, Children } from './children.ts'
import type { FanOutOutcome, IdleOutcome, Job, PostOutcome } from './job.ts'
import type { Pinning } from './machine.ts'

export const CONTENDERS = ['snug', 'plain'] as const
export type Contender = (typeof CONTENDERS)[number]

const START_TIMEOUT_MS = 20_000

/** No job takes longer: what hangs is ended. */
const JOB_TIMEOUT_MS = 300_000

/** Both print the link at which they answer. */
const PORT = /http:\/\/[^\s:]+:(\d+)/

/** A server that runs. */
export interface Running {
  readonly child: Child
  readonly port: number
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

  /** Puts a load on a server until the job is done. */
  async load<Outcome extends FanOutOutcome | IdleOutcome | PostOutcome>(
    { child, port }: Running,
    job: Omit<Job & { kind: Outcome['kind'] }, 'port' | 'pid'>,
  ): Promise<Outcome> {
    const script = join(import.meta.dirname, 'load.ts')
    const task = JSON.stringify({ ...job, port, pid: child.pid })
    const load = this.#children.start([...this.#pins.load, process.execPath, script, task])
    return JSON.parse(await load.output(JOB_TIMEOUT_MS)) as Outcome
  }

  async #start(command: readonly string[]): Promise<Running> {
    const child = this.#children.start(command)
    return { child, port: Number(await child.prints(PORT, START_TIMEOUT_MS)) }
  }
}
