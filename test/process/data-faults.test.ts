import assert from 'node:assert/strict'
import { chmod, chown, mkdir, readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { Visitor } from '../support/http/visitor.ts'
import { BUNDLE, emptyFolder, SnugProcess } from '../support/process/snug-process.ts'

const posix = process.platform !== 'win32'
const NOBODY = 65534

/** A user without root's rights, if the tests run as root. */
const uid = process.geteuid?.() === 0 ? NOBODY : undefined

const args = (data: string) => ['--port', '0', '--data', data]

async function keepRoom(snug: SnugProcess, texts: number): Promise<void> {
  const ada = new Visitor(snug.url)
  const made = await ada.post('/rooms', { room: 'tea', kind: 'kept', retention: 'forever' })
  assert.equal(made.status, 201)
  for (let n = 0; n < texts; n++) {
    const { status } = await ada.post('/r/tea/messages', { text: `message ${n}`.repeat(100) })
    assert.equal(status, 303)
  }
}

/** Creates a data folder with a kept room. No process uses it any more. */
async function usedFolder(t: TestContext): Promise<string> {
  const data = join(await emptyFolder(t), 'data')
  const snug = await SnugProcess.start(t, { program: BUNDLE, args: args(data) })
  await keepRoom(snug, 18)
  await snug.kill('SIGTERM')
  return data
}

/** Starts Snug on an unusable database. It must say why in one line, and leave the file unchanged. */
async function refusesToStart(t: TestContext, data: string, sentence: RegExp): Promise<void> {
  const path = join(data, 'rooms.db')
  const before = await readFile(path).catch(() => undefined)
  const snug = SnugProcess.spawn(t, { program: BUNDLE, args: args(data) })
  const { code } = await snug.exited
  assert.deepEqual([code, snug.stdout], [1, ''], snug.stderr)
  assert.match(snug.stderr, /^snug: The database in [^\n]+\n$/)
  assert.match(snug.stderr, sentence)
  if (before) assert.ok(before.equals(await readFile(path)), 'the file must stay unchanged')
  assert.ok(!(await readdir(data)).includes('lock.txt'), 'the folder must be unlocked')
}

test('only the user who runs Snug can read kept rooms', { skip: !posix }, async (t) => {
  const data = join(await emptyFolder(t), 'data')
  const snug = await SnugProcess.start(t, { program: BUNDLE, args: args(data) })
  await keepRoom(snug, 1)
  const mode = async (path: string) => ((await stat(path)).mode & 0o777).toString(8)
  assert.equal(await mode(data), '700')
  for (const name of ['rooms.db', 'rooms.db-wal', 'rooms.db-shm'])
    assert.equal(await mode(join(data, name)), '600', name)
  await snug.kill('SIGTERM')
  assert.deepEqual((await readdir(data)).sort(), ['lock.db', 'rooms.db', 'session-keys'])

  await chmod(join(data, 'rooms.db'), 0o644)
  await SnugProcess.start(t, { program: BUNDLE, args: args(data) })
  assert.equal(await mode(join(data, 'rooms.db')), '600', 'also of a restored backup')
})

test('P1: a second process on a data folder refuses to start, and the first one continues', async (t) => {
  const data = join(await emptyFolder(t), 'data')
  const first = await SnugProcess.start(t, { program: BUNDLE, args: args(data) })
  await keepRoom(first, 1)
  const second = SnugProcess.spawn(t, { program: BUNDLE, args: args(data) })
  assert.equal((await second.exited).code, 1)
  assert.match(
    second.stderr,
    new RegExp(`^snug: Another Snug uses [^\\n]*: process ${first.pid} on [^\\n]*\\n$`),
  )
  assert.equal((await new Visitor(first.url).post('/r/tea/messages', { text: 'still here' })).status, 303)
})

test('P19: a database of a newer version stops the start with a sentence', async (t) => {
  const data = await usedFolder(t)
  const database = new DatabaseSync(join(data, 'rooms.db'))
  database.exec('PRAGMA user_version = 99')
  database.close()
  await refusesToStart(
    t,
    data,
    /was written by a newer Snug \(version 99 of its tables; this one knows \d+\)\. /,
  )
})

test('a database full of garbage stops the start with a sentence', async (t) => {
  const data = await usedFolder(t)
  await writeFile(join(data, 'rooms.db'), 'garbage\n'.repeat(2000))
  await refusesToStart(t, data, /is damaged: [^\n]*\. Restore it from a backup, or move it away\.$/m)
})

test('a truncated database stops the start with a sentence', async (t) => {
  const data = await usedFolder(t)
  const path = join(data, 'rooms.db')
  await truncate(path, (await stat(path)).size - 4096)
  await refusesToStart(t, data, /is damaged: /)
})

test('a database of another program stops the start with a sentence', async (t) => {
  for (const sql of ['CREATE TABLE cats (name TEXT)', 'PRAGMA application_id = 77']) {
    const data = await emptyFolder(t)
    const database = new DatabaseSync(join(data, 'rooms.db'))
    database.exec(sql)
    database.close()
    await refusesToStart(t, data, /belongs to another program\. Move it away, or name another folder: /)
  }
})

test('a file or folder without write permission stops the start with a sentence', {
  skip: !posix,
}, async (t) => {
  const data = await emptyFolder(t)
  const owner = uid ?? process.geteuid?.() ?? 0
  await chown(data, owner, owner)
  await chmod(join(data, '..'), 0o755).catch(() => {})
  const failsWith = async (sentence: RegExp) => {
    const options = { program: BUNDLE, args: args(data), ...(uid !== undefined && { uid }) }
    const snug = SnugProcess.spawn(t, options)
    assert.equal((await snug.exited).code, 1)
    assert.match(snug.stderr, sentence)
  }
  await mkdir(join(data, 'rooms.db'))
  await failsWith(
    /^snug: The database in [^\n]* can’t be opened for writing: [^\n]*\. It must belong to [^\n]*\.\n$/,
  )
  await chmod(data, 0o500)
  await failsWith(/^snug: Can’t (lock|write) [^\n]*\n$/)
})

test('a folder that another server has locked is said in one sentence of the log when a room is to be kept', async (t) => {
  const cwd = await emptyFolder(t)
  const late = await SnugProcess.start(t, { program: BUNDLE, args: ['--port', '0'], cwd })
  await SnugProcess.start(t, { program: BUNDLE, args: args(join(cwd, 'snug-data')) })
  const made = await fetch(`${late.url}/rooms`, {
    method: 'POST',
    body: new URLSearchParams({ room: 'tea', kind: 'kept' }),
    headers: { Origin: late.url, Accept: 'application/json' },
  })
  assert.equal(made.status, 507)
  await late.waitForOutput(/"msg":/)
  assert.match(late.stderr, /"msg":"[^"]*snug-data[^"]*"\}\n/)
  assert.doesNotMatch(late.stderr, /stack|adapter/)
})
