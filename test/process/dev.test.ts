import assert from 'node:assert/strict'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { copySources } from '../support/process/copy-sources.ts'
import { emptyFolder, SnugProcess } from '../support/process/snug-process.ts'

const CHANGED_FILE = join('src', 'server', 'startup-banner.ts')
const PHRASE = 'Ctrl+C stops it.'

test('npm run dev serves the current sources, and keeps serving after a mistake in them', async (t) => {
  const folder = await emptyFolder(t)
  await copySources(folder)
  const file = join(folder, CHANGED_FILE)
  const source = await readFile(file, 'utf8')
  assert.ok(source.includes(PHRASE))
  // Atomically, as editors save.
  const save = async (text: string) => {
    await writeFile(join(folder, 'saved'), text)
    await rename(join(folder, 'saved'), file)
  }
  const dev = await SnugProcess.start(t, { program: join(folder, 'scripts', 'dev.ts'), cwd: folder })
  const health = async () => (await fetch(`${dev.links.at(-1)}/healthz`)).status
  try {
    assert.equal(await health(), 200)

    await save(source.replace(PHRASE, 'This is the second.'))
    await dev.waitForOutput(/This is the second\./)
    assert.equal(await health(), 200)

    await save(source.replace(PHRASE, 'This is broken.').replace('export function', 'export funktion'))
    await dev.waitForOutput(/The build failed\./)
    assert.match(dev.stderr, /startup-banner\.ts:\d+:\d+/, 'the error must name the place of the mistake')
    assert.equal(await health(), 200, 'the previous build must still run')

    await save(source.replace(PHRASE, 'This is the third.'))
    await dev.waitForOutput(/This is the third\./)
    assert.equal(await health(), 200)
    assert.doesNotMatch(dev.stdout, /This is broken/)
  } finally {
    // The server that it started ends with it.
    assert.equal((await dev.kill('SIGTERM')).code, 0)
  }
  await assert.rejects(health(), { message: 'fetch failed' })
})
