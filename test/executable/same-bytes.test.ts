import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { type TestContext, test } from 'node:test'
import { promisify } from 'node:util'
import { copySources } from '../support/process/copy-sources.ts'
import { EXECUTABLE, emptyFolder } from '../support/process/snug-process.ts'

const run = promisify(execFile)

/**
 * Builds the executable from a copy of the sources in a new folder of this name.
 * @returns the SHA-256 of the executable and of the bundle
 */
async function buildIn(t: TestContext, name: string): Promise<{ executable: string; bundle: string }> {
  const folder = join(await emptyFolder(t), name)
  await copySources(folder)
  for (const script of ['build.ts', 'package.ts'])
    await run(process.execPath, [join('scripts', script)], { cwd: folder })
  return {
    executable: await hashOf(join(folder, 'dist', EXECUTABLE.slice(EXECUTABLE.lastIndexOf('snug')))),
    bundle: await hashOf(join(folder, 'dist', 'snug.cjs')),
  }
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(file), hash)
  return hash.digest('hex')
}

test('two builds of the same sources in two folders give the same bytes', async (t) => {
  const names = ['one', 'another folder, with a longer name']
  const [first, second] = await Promise.all(names.map((name) => buildIn(t, name)))
  assert.deepEqual(second, first)
})
