import { spawnSync } from 'node:child_process'
import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os'

const SERVER_CORE = 0
const LOAD_CORE = 1

/** Command prefixes that run a program on a core; empty if not pinned. */
export interface Pinning {
  readonly server: readonly string[]
  readonly load: readonly string[]
  /** A phrase for the report. */
  readonly description: string
}

/** The machine and the conditions of a benchmark. Figures are worthless without them. */
export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly memoryGiB: number
  readonly system: string
  readonly node: string
  readonly pinning: string
  /** The one-minute load average when the benchmark began. */
  readonly loadAverage: number
  readonly date: string
}

/** Pins the server and the load to a core each, if `taskset` works. */
export function choosePinning(): Pinning {
  const pin = (core: number) => ['taskset', '-c', String(core)]
  const works = (core: number) => spawnSync('taskset', ['-c', String(core), 'true']).status === 0
  if (process.platform !== 'linux' || !works(SERVER_CORE) || !works(LOAD_CORE)) {
    return { server: [], load: [], description: 'not pinned: server and load share the cores' }
  }
  return {
    server: pin(SERVER_CORE),
    load: pin(LOAD_CORE),
    description: `server on core ${SERVER_CORE}, load on core ${LOAD_CORE}`,
  }
}

export function describeMachine(pins: Pinning): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()}`,
    node: process.version,
    pinning: pins.description,
    loadAverage: Number((loadavg()[0] ?? 0).toFixed(2)),
    date: new Date().toISOString().slice(0, 10),
  }
}
