import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { CACHE } from './cache.ts'

const COMPILER = process.env.CC ?? 'cc'

/**
 * Compiles `floor.c`.
 * @returns the path of the program, or a sentence why it is unavailable
 */
export function compileFloor(): { readonly program: string } | { readonly unavailable: string } {
  mkdirSync(CACHE, { recursive: true })
  const program = join(CACHE, 'floor')
  const source = join(import.meta.dirname, 'floor.c')
  const { status, error, stderr } = spawnSync(COMPILER, ['-O2', '-o', program, source], { encoding: 'utf8' })
  if (status === 0) return { program }
  const reason = error ? 'there is no C compiler' : `${COMPILER} can’t compile it: ${stderr.split('\n')[0]}`
  return { unavailable: `The C floor was not measured: ${reason}.` }
}
