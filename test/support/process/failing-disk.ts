import { spawnSync } from 'node:child_process'
import { rm, writeFile } from 'node:fs/promises'
import { constants } from 'node:os'
import { join } from 'node:path'
import { emptyFolder, type TestScope } from './snug-process.ts'

export type Fault = 'EIO' | 'ENOSPC' | 'EROFS' | 'hang'

/** A disk that fails on demand, for the files of the database of one process. */
export interface FailingDisk {
  /** The environment of that process. */
  readonly env: Readonly<Record<string, string>>
  /** Every write and sync fails, or waits, from now on. */
  fail(fault: Fault): Promise<void>
  mend(): Promise<void>
}

/** @returns undefined where no library can be compiled or preloaded */
export async function failingDisk(t: TestScope): Promise<FailingDisk | undefined> {
  if (process.platform !== 'linux') return undefined
  const folder = await emptyFolder(t)
  const library = join(folder, 'failing-disk.so')
  const control = join(folder, 'fault')
  const source = join(import.meta.dirname, 'failing-disk.c')
  const compiled = spawnSync(process.env.CC ?? 'cc', [
    '-shared',
    '-fPIC',
    '-O1',
    '-o',
    library,
    source,
    '-ldl',
  ])
  if (compiled.status !== 0) return undefined
  return {
    env: { LD_PRELOAD: library, DISK_FAULT: control },
    fail: (fault) => writeFile(control, fault === 'hang' ? 'hang' : String(constants.errno[fault])),
    mend: () => rm(control, { force: true }),
  }
}
