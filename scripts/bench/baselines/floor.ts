import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { CACHE } from './cache.ts'

const COMPILER = process.env.CC ?? 'cc'

/** The program of `floor.c`, made from it now; or in one sentence why there is none. */
export function compileFloor(): { readonly program: string } | { readonly lack: string } {
  mkdirSync(CACHE, { recursive: true })
  const program = join(CACHE, 'floor')
  const source = join(import.meta.dirname, 'floor.c')
  const { status, error, stderr } = spawnSync(COMPILER, ['-O2', '-o', program, source], { encoding: 'utf8' })
  if (status === 0) return { program }
  const reason = error ? 'there is no C compiler here' : `${COMPILER} can’t make it: ${stderr.split('\n')[0]}`
  return { lack: `The C floor was not measured: ${reason}.` }
}
