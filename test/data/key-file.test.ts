import assert from 'node:assert/strict'
import { chmod, chown, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { type TestContext, test } from 'node:test'
import { UnusableResource } from '../../src/chat/unusable-resource.ts'
import { keyFilePath, readKeyFile, writeKeyFile } from '../../src/data/key-file.ts'
import { generateSessionKeys, rotateSessionKeys } from '../../src/secrets/session-keys.ts'
import { emptyFolder } from '../support/process/snug-process.ts'

const posix = process.platform !== 'win32'

/** Creates a folder with this text in its key file. */
async function folderWith(t: TestContext, text: string, mode = 0o600): Promise<string> {
  const folder = await emptyFolder(t)
  await writeFile(keyFilePath(folder), text)
  await chmod(keyFilePath(folder), mode)
  return folder
}

function hasMessage(sentence: RegExp) {
  return (error: unknown) =>
    error instanceof UnusableResource && sentence.test(error.message) && !error.message.includes('\n')
}

test('keys are read as they were written, and other users can’t read them', async (t) => {
  const folder = await emptyFolder(t)
  assert.equal(await readKeyFile(folder), undefined)
  for (const keys of [generateSessionKeys(), rotateSessionKeys(generateSessionKeys())]) {
    await writeKeyFile(folder, keys)
    assert.deepEqual(await readKeyFile(folder), keys)
    if (posix) assert.equal((await stat(keyFilePath(folder))).mode & 0o777, 0o600)
  }
  assert.deepEqual(await readdir(folder), ['session-keys'])
})

test('a key file that root writes still belongs to its user', {
  skip: process.geteuid?.() !== 0,
}, async (t) => {
  const folder = await emptyFolder(t)
  await writeKeyFile(folder, generateSessionKeys())
  await chown(keyFilePath(folder), 65534, 65533)
  await writeKeyFile(folder, generateSessionKeys())
  const { uid, gid, mode } = await stat(keyFilePath(folder))
  assert.deepEqual([uid, gid, mode & 0o777], [65534, 65533, 0o600])
})

test('the remains of an interrupted write do no harm', async (t) => {
  const folder = await emptyFolder(t)
  await writeFile(`${keyFilePath(folder)}.unfinished`, 'half a k')
  const keys = generateSessionKeys()
  await writeKeyFile(folder, keys)
  assert.deepEqual(await readKeyFile(folder), keys)
  assert.deepEqual(await readdir(folder), ['session-keys'])
})

test('a failed write leaves the keys unchanged', async (t) => {
  const keys = generateSessionKeys()
  const folder = await emptyFolder(t)
  await writeKeyFile(folder, keys)
  const before = await readFile(keyFilePath(folder), 'utf8')
  await mkdir(`${keyFilePath(folder)}.unfinished`)
  await assert.rejects(
    writeKeyFile(folder, rotateSessionKeys(keys)),
    hasMessage(/^Can’t write .*session-keys: .+\.$/),
  )
  assert.equal(await readFile(keyFilePath(folder), 'utf8'), before)
})

test('a key file may be written by hand, with comments, empty lines and line ends of any system', async (t) => {
  const { current, former } = rotateSessionKeys(generateSessionKeys())
  const folder = await folderWith(t, `# by hand\r\n\r\n${current}\r\n  ${former}  \r\n`)
  assert.deepEqual(await readKeyFile(folder), { current, former })
})

test('keys that other users can access are refused', { skip: !posix }, async (t) => {
  for (const mode of [0o640, 0o604, 0o660, 0o602, 0o610]) {
    const folder = await folderWith(t, `${generateSessionKeys().current}\n`, mode)
    await assert.rejects(
      readKeyFile(folder),
      hasMessage(new RegExp(`\\(mode ${mode.toString(8)}\\)\\. Make it private: chmod 600 /.*session-keys$`)),
    )
  }
})

test('a damaged key file is reported, and never read as another key', async (t) => {
  const { current } = generateSessionKeys()
  const damaged = [
    '',
    '\n',
    '# nothing\n',
    current,
    `${current}\n${current.slice(0, 30)}\n`,
    `${current}\n${current}\n`,
  ]
  damaged.push(
    `${current}\n${'k'.repeat(40)}\n${'l'.repeat(40)}\n`,
    `${'\0'.repeat(44)}\n`,
    `${'k'.repeat(9000)}\n`,
  )
  for (let length = 0; length <= current.length; length++) damaged.push(current.slice(0, length))
  for (const text of damaged) {
    await assert.rejects(
      readKeyFile(await folderWith(t, text)),
      hasMessage(/ is damaged: it must hold .* delete it: /),
      text,
    )
  }
})

test('an unreadable key file is reported', async (t) => {
  const folder = await emptyFolder(t)
  await mkdir(keyFilePath(folder), { mode: 0o700 })
  await assert.rejects(
    readKeyFile(folder),
    hasMessage(/^Can’t read .*: illegal operation on a directory\. It must belong/),
  )
})
