import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

/** Linux counts in these, whatever the kernel's own clock. */
const TICKS_PER_SECOND = 100

/** Seconds of processor that a process has used, in user and kernel; undefined where the system does not tell. */
export function cpuSeconds(pid: number): number | undefined {
  if (process.platform === 'win32') return undefined
  if (process.platform !== 'linux') return secondsOfClock(ps(pid, 'time'))
  return scheduledSeconds(pid) ?? tickedSeconds(pid)
}

/** Resident memory in bytes; undefined where the system does not tell. */
export function residentBytes(pid: number): number | undefined {
  if (process.platform === 'win32') return undefined
  if (process.platform !== 'linux') return kibibytes(ps(pid, 'rss'))
  return kibibytes(/^VmRSS:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
}

/** How many files and connections a process has open; undefined where the system does not tell. */
export function openFiles(pid: number): number | undefined {
  return process.platform === 'linux' ? readdirSync(`/proc/${pid}/fd`).length : undefined
}

// To the nanosecond, where the kernel keeps it. No thread of a server ends while it is measured.
function scheduledSeconds(pid: number): number | undefined {
  try {
    const threads = readdirSync(`/proc/${pid}/task`)
    const nanoseconds = threads.map((thread) =>
      Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]),
    )
    return nanoseconds.reduce((sum, spent) => sum + spent, 0) / 1e9
  } catch {
    return undefined
  }
}

function tickedSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // The program's name stands in parentheses and may hold blanks; see proc_pid_stat(5).
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
}

function ps(pid: number, column: string): string {
  return spawnSync('ps', ['-o', `${column}=`, '-p', String(pid)], { encoding: 'utf8' }).stdout?.trim() ?? ''
}

// `[[days-]hours:]minutes:seconds`, with hundredths on macOS.
function secondsOfClock(clock: string): number | undefined {
  if (!/^[\d:.-]+$/.test(clock)) return undefined
  const parts = clock.replace('-', ':').split(':').map(Number).reverse()
  const units = [1, 60, 3600, 86_400]
  return parts.reduce((sum, part, index) => sum + part * (units[index] ?? 0), 0)
}

function kibibytes(digits: string | undefined): number | undefined {
  return digits ? Number(digits) * 1024 : undefined
}
