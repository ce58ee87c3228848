import { cpuSeconds } from '../usage.ts'

/** What was used between two moments. */
export interface Spent {
  readonly seconds: number
  /** Undefined where the system does not tell. */
  readonly serverCpuSeconds: number | undefined
  readonly loadCpuSeconds: number
}

/** Begins to measure what the processes of a server, and this one, use; what is returned ends it. */
export function meter(...pids: readonly number[]): () => Spent {
  const own = process.cpuUsage()
  const server = together(pids)
  const started = performance.now()
  return () => {
    const seconds = (performance.now() - started) / 1000
    const serverNow = together(pids)
    const { user, system } = process.cpuUsage(own)
    return {
      seconds,
      serverCpuSeconds: server === undefined || serverNow === undefined ? undefined : serverNow - server,
      loadCpuSeconds: (user + system) / 1e6,
    }
  }
}

function together(pids: readonly number[]): number | undefined {
  let sum = 0
  for (const pid of pids) {
    const seconds = cpuSeconds(pid)
    if (seconds === undefined) return undefined
    sum += seconds
  }
  return sum
}
