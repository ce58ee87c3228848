import { readCpuSeconds } from '../usage.ts'

/** Resources used during an interval. */
export interface ResourceUsage {
  readonly seconds: number
  /** Undefined if the system does not provide it. */
  readonly serverCpuSeconds: number | undefined
  readonly loadCpuSeconds: number
}

/**
 * Starts to measure the CPU of the processes of a server, and of this process.
 * @returns a function that ends the measurement
 */
export function startMeter(...pids: readonly number[]): () => ResourceUsage {
  const cpuBefore = process.cpuUsage()
  const serverBefore = totalCpuSeconds(pids)
  const started = performance.now()
  return () => {
    const seconds = (performance.now() - started) / 1000
    const serverAfter = totalCpuSeconds(pids)
    const { user, system } = process.cpuUsage(cpuBefore)
    return {
      seconds,
      serverCpuSeconds:
        serverBefore === undefined || serverAfter === undefined ? undefined : serverAfter - serverBefore,
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
