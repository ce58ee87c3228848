import assert from 'node:assert/strict'
import { chmod, chown, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { UnusableResource } from '../../src/chat/unusable-resource.ts'
import { DataFolder, type DataFolderOptions } from '../../src/data/folder.ts'
import { keyFilePath, writeKeyFile } from '../../src/data/key-file.ts'
import { generateSessionKeys } from '../../src/secrets/session-keys.ts'
import { TestClock } from '../support/clock.ts'
import { emptyFolder } from '../support/process/snug-process.ts'

const posix = process.platform !== 'win32'
const clock = new TestClock()

/** Opens a folder, which is closed at the end of the test. */
async function open(t: TestContext, path: string, options: Partial<DataFolderOptions> = {}) {
  const folder = await DataFolder.open(path, {
    createIfMissing: true,
    named: true,
    keys: generateSessionKeys(),
    clock,
    ...options,
  })
  t.after(() => folder?.close())
  return folder
}

function hasMessage(sentence: RegExp) {
  return (error: unknown) =>
    error instanceof UnusableResource && sentence.test(error.message) && !error.message.includes('\n')
}

test('a missing folder is created only on request', async (t) => {
  const path = join(await emptyFolder(t), 'data')
  assert.equal(await open(t, path, { createIfMissing: false }), undefined)
  await assert.rejects(stat(path), { code: 'ENOENT' })
})

test('a new folder is private and gets the keys from memory', async (t) => {
  const path = join(await emptyFolder(t), 'deep', 'data')
  const keys = generateSessionKeys()
  const folder = await open(t, path, { keys })
  assert.equal(folder?.keys, keys)
  if (posix) assert.equal((await stat(path)).mode & 0o777, 0o700)
  await folder?.close()
  const reopened = await open(t, path, { createIfMissing: false })
  assert.deepEqual(reopened?.keys, keys, 'sessions must survive a restart')
})

test('the keys in a folder win over those in memory, and stay unchanged', async (t) => {
  const path = await emptyFolder(t)
  const keys = generateSessionKeys()
  await writeKeyFile(path, keys)
  const before = await readFile(keyFilePath(path), 'utf8')
  assert.deepEqual((await open(t, path))?.keys, keys)
  assert.equal(await readFile(keyFilePath(path), 'utf8'), before)
})

test('the keys in a folder are neither read nor written when keys are kept elsewhere', async (t) => {
  const path = await emptyFolder(t)
  const folder = await open(t, path, { keys: undefined })
  assert.equal(folder?.keys, undefined)
  assert.deepEqual((await readdir(path)).sort(), ['lock.db', 'lock.txt'])
  await folder?.close()
  await writeFile(keyFilePath(path), 'damaged')
  assert.ok(await open(t, path, { keys: undefined }))
})

test('P1: a folder in use can’t be opened, the error names the process, and the folder is free after closing', async (t) => {
  const path = await emptyFolder(t)
  const folder = await open(t, path)
  const since = '2026-11-22T17:00:00.000Z'
  const inUse = new RegExp(
    `^Another Snug uses ${path}: process ${process.pid} on \\S+ since ${since}\\. Stop that one, `,
  )
  await assert.rejects(open(t, path), hasMessage(inUse))
  await assert.rejects(open(t, path), hasMessage(inUse))
  await folder?.close()
  const next = await open(t, path)
  assert.ok(next)
  await assert.rejects(open(t, path), hasMessage(inUse))
})

test('P1: of many concurrent attempts to open a folder one succeeds', async (t) => {
  const path = join(await emptyFolder(t), 'data')
  const attempts = await Promise.allSettled(Array.from({ length: 8 }, () => open(t, path)))
  assert.equal(attempts.filter(({ status }) => status === 'fulfilled').length, 1)
  assert.equal(
    attempts.filter((attempt) => attempt.status === 'rejected' && attempt.reason instanceof UnusableResource)
      .length,
    7,
  )
})

test('a locked folder stays locked when the description of its holder is unreadable', async (t) => {
  const path = await emptyFolder(t)
  await open(t, path)
  await writeFile(join(path, 'lock.txt'), '<script>\n'.repeat(3))
  await assert.rejects(open(t, path), hasMessage(/^Another Snug uses [^:<]+\. Stop that one, /))
})

test('a folder with unusable keys is unlocked again', async (t) => {
  const path = await emptyFolder(t)
  await writeFile(keyFilePath(path), 'damaged', { mode: 0o600 })
  for (let attempt = 0; attempt < 2; attempt++) await assert.rejects(open(t, path), hasMessage(/is damaged/))
  await writeFile(keyFilePath(path), `${generateSessionKeys().current}\n`)
  assert.ok(await open(t, path))
})

test('a path that is no folder, can’t become one or can’t be locked is reported', async (t) => {
  const path = await emptyFolder(t)
  const file = join(path, 'file')
  await writeFile(file, '')
  await assert.rejects(open(t, file), hasMessage(/file is not a folder: data can’t be kept there\.$/))
  await assert.rejects(open(t, join(file, 'data')), hasMessage(/^Can’t access .*: not a directory\.$/))
  await mkdir(join(path, 'odd', 'lock.db'), { recursive: true })
  await assert.rejects(
    open(t, join(path, 'odd')),
    hasMessage(/^Can’t lock .*lock\.db: unable to open database file\.$/),
  )
  await mkdir(join(path, 'other'))
  await writeFile(join(path, 'other', 'lock.db'), 'this is another program’s file\n'.repeat(40))
  await assert.rejects(
    open(t, join(path, 'other')),
    hasMessage(/^Can’t lock .*lock\.db: file is not a database\.$/),
  )
})

test('a folder that everybody can write to is refused', { skip: !posix }, async (t) => {
  const path = await emptyFolder(t)
  await chmod(path, 0o707)
  await assert.rejects(
    open(t, path),
    hasMessage(/^Everybody can write to \/.*\. Make it private: chmod 700 \//),
  )
})

test('a folder of another user is reported', { skip: process.geteuid?.() !== 0 }, async (t) => {
  const path = await emptyFolder(t)
  await chmod(path, 0o755)
  await mkdir(join(path, 'closed'), { mode: 0o700 })
  await writeKeyFile(path, generateSessionKeys())
  process.seteuid?.(65534)
  try {
    await assert.rejects(
      open(t, join(path, 'data')),
      hasMessage(/^Can’t make the folder .*: permission denied\.$/),
    )
    await assert.rejects(
      open(t, join(path, 'closed', 'data')),
      hasMessage(/^Can’t access .*: permission denied\.$/),
    )
    await assert.rejects(open(t, path), hasMessage(/^Can’t lock .*: unable to open database file\.$/))
  } finally {
    process.seteuid?.(0)
  }
})

const isRoot = process.geteuid?.() === 0

test('a folder of another user is refused, because it may have keys that they know', {
  skip: !isRoot && 'only root can give a folder away',
}, async (t) => {
  const path = await emptyFolder(t)
  await chown(path, 65534, 65534)
  const refusal = hasMessage(/belongs to another user \(uid 65534\).*--data FOLDER$/)
  await assert.rejects(open(t, path, { named: false }), refusal)
  // Root may name it: in a container, or to look after a server that runs as another user.
  assert.ok(await open(t, path))
  const { geteuid } = process
  t.after(() => Object.assign(process, { geteuid }))
  Object.assign(process, { geteuid: () => 1000 })
  await assert.rejects(open(t, path), refusal)
  Object.assign(process, { geteuid: () => 65534 })
  const own = await emptyFolder(t)
  await chown(own, 65534, 65534)
  assert.ok(await open(t, own, { named: false }))
  // A volume of a container belongs to root, and its group may write.
  assert.ok(await open(t, await emptyFolder(t)))
})
