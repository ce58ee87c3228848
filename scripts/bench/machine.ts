import { spawnSync } from 'node:child_process'
import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os'

const SERVER_CORE = 0
const LOAD_CORE = 1

/** Which program runs on which core. */
export interface Pinning {
  readonly server: readonly string[]
  readonly load: readonly string[]
  /** In words, for the report. */
  readonly description: string
}

/** What figures are worth nothing without. */
export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly memoryGiB: number
  readonly system: string
  readonly node: string
  readonly pinning: string
  /** How busy the machine was when the benchmark began: the processes that wanted a core, over the last minute. */
  readonly loadAverage: number
  readonly date: string
}

/** A core each for the server and the load, where `taskset` can give them. */
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
