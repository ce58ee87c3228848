import { cp, mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '..', '..', '..')

/** The files and folders that a build reads. */
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

/** Copies the sources of a build into a folder, which is made if it does not exist. The packages are linked. */
export async function copySources(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (const source of SOURCES) await cp(join(ROOT, source), join(folder, source), { recursive: true })
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'junction')
}
