import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

/** Linux reports CPU time to user space in this unit (USER_HZ), whatever the kernel's own clock. */
const TICKS_PER_SECOND = 100

/** CPU seconds that a process has used, in user space and kernel; undefined if the system does not provide them. */
export function readCpuSeconds(pid: number): number | undefined {
  if (process.platform === 'win32') return undefined
  if (process.platform !== 'linux') return parsePsTime(readPsColumn(pid, 'time'))
  return readScheduledSeconds(pid) ?? readTickedSeconds(pid)
}

/** Resident memory in bytes; undefined if the system does not provide it. */
export function readResidentBytes(pid: number): number | undefined {
  if (process.platform === 'win32') return undefined
  if (process.platform !== 'linux') return kibibytesToBytes(readPsColumn(pid, 'rss'))
  return kibibytesToBytes(/^VmRSS:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
}

/** The number of open files and connections of a process; undefined if the system does not provide it. */
export function countOpenFiles(pid: number): number | undefined {
  return process.platform === 'linux' ? readdirSync(`/proc/${pid}/fd`).length : undefined
}

// In nanoseconds, if the kernel keeps scheduler statistics. No thread of a server ends while it is measured.
function readScheduledSeconds(pid: number): number | undefined {
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

function readTickedSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // The program's name is in parentheses and can contain spaces; see proc_pid_stat(5).
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
}

function readPsColumn(pid: number, column: string): string {
  return spawnSync('ps', ['-o', `${column}=`, '-p', String(pid)], { encoding: 'utf8' }).stdout?.trim() ?? ''
}

// `[[days-]hours:]minutes:seconds`, with hundredths on macOS.
function parsePsTime(clock: string): number | undefined {
  if (!/^[\d:.-]+$/.test(clock)) return undefined
  const parts = clock.replace('-', ':').split(':').map(Number).reverse()
  const units = [1, 60, 3600, 86_400]
  return parts.reduce((sum, part, index) => sum + part * (units[index] ?? 0), 0)
}

function kibibytesToBytes(digits: string | undefined): number | undefined {
  return digits ? Number(digits) * 1024 : undefined
}
