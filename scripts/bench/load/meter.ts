import { readCpuSeconds } from '../usage.ts'

/** What was used between two moments. */
export interface ResourceUsage {
  readonly seconds: number
  /** Undefined where the system does not tell. */
  readonly serverCpuSeconds: number | undefined
  readonly loadCpuSeconds: number
}

/** Begins to measure what the processes of a server, and this one, use; what is returned ends it. */
export function startMeter(...pids: readonly number[]): () => ResourceUsage {
  const own = process.cpuUsage()
  const server = totalCpuSeconds(pids)
  const started = performance.now()
  return () => {
    const seconds = (performance.now() - started) / 1000
    const serverNow = totalCpuSeconds(pids)
    const { user, system } = process.cpuUsage(own)
    return {
      seconds,
      serverCpuSeconds: server === undefined || serverNow === undefined ? undefined : serverNow - server,
      loadCpuSeconds: (user + system) / 1e6,
    }
  }
}

function totalCpuSeconds(pids: readonly number[]): number | undefined {
  let sum = 0
  for (const pid of pids) {
    const seconds = readCpuSeconds(pid)
    if (seconds === undefined) return undefined
    sum += seconds
  }
  return sum
}
