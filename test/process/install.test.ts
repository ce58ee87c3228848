import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { cp, mkdir, readlink, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { emptyFolder } from '../support/process/snug-process.ts'

const INSTALL = join(import.meta.dirname, '..', '..', 'scripts', 'install.js')
const PACKAGE = `node-${process.platform}-${process.arch}`

test('install.js links the installed Node if npm did not, before anything runs on it', {
  skip: process.platform === 'win32' && 'Windows runs Node from its package',
}, async (t) => {
  const folder = await emptyFolder(t)
  const modules = join(folder, 'node_modules')
  await cp(INSTALL, join(folder, 'scripts', 'install.js'))
  for (const part of [join(PACKAGE, 'bin'), '.bin']) await mkdir(join(modules, part), { recursive: true })
  await symlink(process.execPath, join(modules, PACKAGE, 'bin', 'node'))
  for (const lock of [join(folder, 'package-lock.json'), join(modules, '.package-lock.json')])
    await writeFile(lock, JSON.stringify({ packages: {} }))
  // Only the link is missing: no registry is needed.
  await promisify(execFile)(process.execPath, [join(folder, 'scripts', 'install.js')], { env: { PATH: '' } })
  assert.equal(await readlink(join(modules, '.bin', 'node')), join('..', PACKAGE, 'bin', 'node'))
})
