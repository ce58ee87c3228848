import { readdirSync, readFileSync } from 'node:fs'

/** What a process uses. */
export interface ProcessFigures {
  /** Resident memory in MiB. */
  readonly memory: number
  readonly descriptors: number
}

/** @returns undefined where there is no `/proc`, or no such process */
export function readProcessFigures(pid: number): ProcessFigures | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]
    return { memory: Number(kilobytes) / 1024, descriptors: readdirSync(`/proc/${pid}/fd`).length }
  } catch {
    return undefined
  }
}
