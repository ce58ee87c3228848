import { cp, mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '..', '..', '..')

/** What a build is made of. */
const SOURCES = [
  'LICENSE',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'scripts',
  'src',
  'static',
  'views',
]

/** Copies what a build is made of into a folder, which is made where there is none; the packages are the same ones. */
export async function copySources(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (const source of SOURCES) await cp(join(ROOT, source), join(folder, source), { recursive: true })
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'junction')
}
