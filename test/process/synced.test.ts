import assert from 'node:assert/strict'
import { chmod, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { eventually } from '../support/eventually.ts'
import { makeKeptRoom } from '../support/http/owner.ts'
import { Visitor } from '../support/http/visitor.ts'
import { BUNDLE, emptyFolder, SnugProcess } from '../support/process/snug-process.ts'
import { findStrace, parseSystemCalls } from './strace.ts'

const linux = process.platform === 'linux'

/** Ways to answer over a socket, and to make the disk keep what was written. */
const ANSWERS = new Set(['write', 'writev', 'sendto', 'sendmsg'])
const SYNCS = new Set(['fsync', 'fdatasync'])

const POSTS = 20

/** How many of so many posts were answered before a sync of the log that began after the answer before. */
async function unsynced(t: TestContext, bundle: string): Promise<number> {
  const folder = await emptyFolder(t)
  const trace = join(folder, 'trace')
  const script = join(folder, 'traced')
  const calls = [...ANSWERS, ...SYNCS].join(',')
  // Apart from it, so that signals reach Snug.
  const run = [findStrace(), '-D', '-f', '-y', '-s', '40', '-e', `trace=${calls}`, '-o', trace]
  const words = [...run, process.execPath, bundle].map((word) => `'${word}'`).join(' ')
  await writeFile(script, `#!/bin/sh\nexec ${words} "$@"\n`)
  await chmod(script, 0o700)
  const snug = await SnugProcess.start(t, {
    program: script,
    args: ['--port', '0', '--limits', 'off', '--data', join(folder, 'data')],
    env: { PATH: process.env.PATH ?? '' },
  })
  const ada = new Visitor(snug.url)
  await makeKeptRoom(ada)
  for (let n = 0; n < POSTS; n++) {
    const { status } = await ada.post('/r/tea/messages', { text: `${n}` }, { Accept: 'application/json' })
    assert.equal(status, 201)
  }
  await snug.kill('SIGTERM')
  await eventually(async () => assert.match(await readFile(trace, 'utf8'), /\+{3} exited with 0 \+{3}\n$/))
  let synced = false
  const answers: boolean[] = []
  for (const { name, args } of parseSystemCalls(await readFile(trace, 'utf8'), ANSWERS)) {
    if (SYNCS.has(name) && /rooms\.db-wal>/.test(args)) synced = true
    if (!ANSWERS.has(name) || !args.includes('HTTP/1.1 201 ')) continue
    answers.push(synced)
    synced = false
  }
  // The first is that of the room.
  assert.equal(answers.length, 1 + POSTS)
  return answers.filter((answer) => !answer).length
}

test('before each answer to a post the log is synced to the disk', { skip: !linux }, async (t) => {
  assert.equal(await unsynced(t, BUNDLE), 0)
})

test('without full synchronisation it would not be, and Snug would not start', {
  skip: !linux,
}, async (t) => {
  const folder = await emptyFolder(t)
  const mutant = join(folder, 'mutant.cjs')
  const careless = (await readFile(BUNDLE, 'utf8')).replaceAll(
    'PRAGMA synchronous = FULL',
    'PRAGMA synchronous = NORMAL',
  )
  await writeFile(mutant, careless)
  const snug = await SnugProcess.start(t, {
    program: mutant,
    args: ['--port', '0', '--data', join(folder, 'data')],
  })
  const refused = await new Visitor(snug.url).post('/rooms', { room: 'tea', kind: 'kept' })
  assert.equal(refused.status, 507)
  assert.match(snug.stderr, /SQLite says synchronous is 1, not 2/)

  await writeFile(mutant, careless.replace(/("synchronous\\?",)2/g, '$11'))
  assert.ok((await unsynced(t, mutant)) > POSTS / 2)
})
