import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { NODE_FLAGS } from '../../scripts/node-flags.ts'
import { copySources } from '../support/process/copy-sources.ts'
import { emptyFolder, SnugProcess } from '../support/process/snug-process.ts'

const MANIFEST = join(import.meta.dirname, '..', '..', 'package.json')

test('npm start builds Snug, gives Node the same flags as the executable, and passes signals on', {
  skip: process.platform !== 'linux' && 'reads the command line in /proc',
}, async (t) => {
  const folder = await emptyFolder(t)
  await copySources(folder)
  const snug = await SnugProcess.start(t, { program: join(folder, 'scripts', 'start.ts'), cwd: folder })
  const [, ...line] = (await readFile(`/proc/${snug.pid}/cmdline`, 'utf8')).split('\0')
  assert.deepEqual(line, [...NODE_FLAGS, join(folder, 'dist', 'snug.cjs'), '--port', '0', ''])
  assert.equal(snug.stderr, '')
  assert.equal((await snug.kill('SIGTERM')).code, 0)
})

test('the scripts in package.json run in the shell of Windows, too', async () => {
  const { scripts } = JSON.parse(await readFile(MANIFEST, 'utf8')) as { scripts: Record<string, string> }
  for (const [name, line] of Object.entries(scripts)) {
    // cmd.exe has no `exec`, no variables before a command, and no single quotes.
    assert.doesNotMatch(line, /\bexec\b|'|^\w+=|&& \w+=|\$|;/, name)
  }
})
