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

/** System calls that send a response, and system calls that sync a file to the disk. */
const SENDS = new Set(['write', 'writev', 'sendto', 'sendmsg'])
const SYNCS = new Set(['fsync', 'fdatasync'])

const POSTS = 20

/** Counts the posts that were answered without a sync of the write-ahead log since the previous response. */
async function countUnsynced(t: TestContext, bundle: string): Promise<number> {
  const folder = await emptyFolder(t)
  const trace = join(folder, 'trace')
  const script = join(folder, 'traced')
  const calls = [...SENDS, ...SYNCS].join(',')
  // With -D, strace runs apart from Snug, and signals reach Snug.
  const strace = [findStrace(), '-D', '-f', '-y', '-s', '40', '-e', `trace=${calls}`, '-o', trace]
  const command = [...strace, process.execPath, bundle].map((argument) => `'${argument}'`).join(' ')
  await writeFile(script, `#!/bin/sh\nexec ${command} "$@"\n`)
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
  const syncedResponses: boolean[] = []
  for (const { name, args } of parseSystemCalls(await readFile(trace, 'utf8'), SENDS)) {
    if (SYNCS.has(name) && /rooms\.db-wal>/.test(args)) synced = true
    if (!SENDS.has(name) || !args.includes('HTTP/1.1 201 ')) continue
    syncedResponses.push(synced)
    synced = false
  }
  // The first response is that of the new room.
  assert.equal(syncedResponses.length, 1 + POSTS)
  return syncedResponses.filter((isSynced) => !isSynced).length
}

test('P1: the write-ahead log is synced to the disk before each response to a post', {
  skip: !linux,
}, async (t) => {
  assert.equal(await countUnsynced(t, BUNDLE), 0)
})

test('P1: without synchronous=FULL Snug keeps no room, and without that check it would answer before the sync', {
  skip: !linux,
}, async (t) => {
  const folder = await emptyFolder(t)
  const mutant = join(folder, 'mutant.cjs')
  const unsafe = (await readFile(BUNDLE, 'utf8')).replaceAll(
    'PRAGMA synchronous = FULL',
    'PRAGMA synchronous = NORMAL',
  )
  await writeFile(mutant, unsafe)
  const snug = await SnugProcess.start(t, {
    program: mutant,
    args: ['--port', '0', '--data', join(folder, 'data')],
  })
  const refused = await new Visitor(snug.url).post('/rooms', { room: 'tea', kind: 'kept' })
  assert.equal(refused.status, 507)
  assert.match(snug.stderr, /SQLite says synchronous is 1, not 2/)

  await writeFile(mutant, unsafe.replace(/("synchronous\\?",)2/g, '$11'))
  assert.ok((await countUnsynced(t, mutant)) > POSTS / 2)
})
