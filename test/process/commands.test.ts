import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { copyFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { Visitor } from '../support/http/visitor.ts'
import { BUNDLE, emptyFolder, SnugProcess } from '../support/process/snug-process.ts'
import { RedisServer } from '../support/redis/redis-server.ts'

function snug(args: readonly string[], input = '') {
  const { status, stdout, stderr } = spawnSync(process.execPath, [BUNDLE, ...args], {
    input,
    encoding: 'utf8',
    env: {},
  })
  return { code: status, stdout, stderr }
}

function start(t: TestContext, data: string): Promise<SnugProcess> {
  return SnugProcess.start(t, { program: BUNDLE, args: ['--port', '0', '--data', data] })
}

async function textsIn(server: SnugProcess): Promise<string[]> {
  const visitor = new Visitor(server.url)
  const response = await visitor.get('/r/tea/messages', { Accept: 'application/json' })
  const { messages } = (await response.json()) as { messages: { text: string }[] }
  return messages.map(({ text }) => text)
}

/** Starts a server and posts two messages in a kept room. */
async function startWithKeptRoom(t: TestContext, data: string) {
  const server = await start(t, data)
  const ada = new Visitor(server.url)
  const made = await ada.post('/rooms', { room: 'tea', kind: 'kept' }, { Accept: 'application/json' })
  assert.equal(made.status, 201)
  for (const text of ['one', 'two']) await ada.post('/r/tea/messages', { text })
  return { server, ada }
}

test('a backup of a running server brings its rooms back when it replaces the database', async (t) => {
  const folder = await emptyFolder(t)
  const data = join(folder, 'data')
  const copy = join(folder, 'copy.db')
  const { server, ada } = await startWithKeptRoom(t, data)
  const done = snug(['backup', copy, '--data', data])
  assert.deepEqual([done.code, done.stderr], [0, ''])
  assert.match(
    done.stdout,
    /^All kept rooms are in .*copy\.db\. To bring them back, stop Snug and put that file in place of .*rooms\.db\.\n$/,
  )
  const twice = snug(['backup', copy, '--data', data])
  assert.deepEqual([twice.code, twice.stdout], [1, ''])
  assert.match(twice.stderr, /^snug: [^\n]* already exists and is left as it is: name another file\.\n$/)
  await ada.post('/r/tea/messages', { text: 'lost' })
  // As after a power cut: the old database leaves a write-ahead log, with changes that the backup does not have.
  await server.kill('SIGKILL')
  await rm(join(data, 'rooms.db'))
  await copyFile(copy, join(data, 'rooms.db'))
  const again = await start(t, data)
  assert.deepEqual(await textsIn(again), ['one', 'two'])
  assert.equal((await ada.get('/healthz').catch(() => undefined))?.status, undefined)
  await again.kill('SIGTERM')
  assert.equal(
    snug(['backup', join(folder, 'stopped.db'), '--data', data]).code,
    0,
    'a stopped server can be copied too',
  )
})

test('an exported room is imported into another folder byte for byte', async (t) => {
  const folder = await emptyFolder(t)
  const [data, other] = [join(folder, 'data'), join(folder, 'other')]
  const { server } = await startWithKeptRoom(t, data)
  const lines = snug(['export', 'Tea', '--data', data])
  assert.deepEqual([lines.code, lines.stderr], [0, ''])
  assert.equal(lines.stdout.split('\n').length, 4)
  const refused = snug(['import', '-', '--data', data], lines.stdout)
  assert.equal(refused.code, 1)
  assert.match(refused.stderr, new RegExp(`^snug: Another Snug uses [^\\n]*: process ${server.pid} `))
  const file = join(folder, 'tea.jsonl')
  await writeFile(file, lines.stdout)
  const imported = snug(['import', file, '--data', other])
  assert.deepEqual(imported, {
    code: 0,
    stdout: 'Imported the room “tea” with 2 messages.\n',
    stderr: '',
  })
  assert.equal(snug(['export', 'tea', '--data', other]).stdout, lines.stdout)
  assert.deepEqual(await textsIn(await start(t, other)), ['one', 'two'])
})

test('a room goes from a folder to Redis and back byte for byte, while servers run', async (t) => {
  const folder = await emptyFolder(t)
  const data = join(folder, 'data')
  await startWithKeptRoom(t, data)
  const lines = snug(['export', 'tea', '--data', data]).stdout
  const { url } = await RedisServer.start(t)
  const args = ['--port', '0', '--redis', url]
  const server = await SnugProcess.start(t, { program: BUNDLE, args })
  const onRedis = ['--redis', url]
  const none = snug(['export', 'tea', ...onRedis])
  assert.deepEqual([none.code, none.stdout], [1, ''])
  assert.match(none.stderr, /^snug: No room “tea” is kept in the Redis at 127\.0\.0\.1:\d+\.\n$/)
  assert.deepEqual(snug(['import', '-', ...onRedis], lines), {
    code: 0,
    stdout: 'Imported the room “tea” with 2 messages.\n',
    stderr: '',
  })
  assert.deepEqual(await textsIn(server), ['one', 'two'])
  assert.equal(snug(['export', 'tea', ...onRedis]).stdout, lines)
  const twice = snug(['import', '-', ...onRedis], lines)
  assert.equal(twice.code, 1)
  assert.match(twice.stderr, /^snug: Nothing was imported\.\nLine 1: There is already a kept room “tea”/)
  const other = join(folder, 'other')
  assert.equal(snug(['import', '-', '--data', other], snug(['export', 'tea', ...onRedis]).stdout).code, 0)
  assert.equal(snug(['export', 'tea', '--data', other]).stdout, lines)
  const elsewhere = snug(['export', 'tea', ...onRedis, '--redis-prefix', 'other:'])
  assert.match(elsewhere.stderr, /No room “tea”/)
})

test('an owner’s download is imported with a new owner’s link', async (t) => {
  const folder = await emptyFolder(t)
  const { ada } = await startWithKeptRoom(t, join(folder, 'data'))
  const download = await ada.get('/r/tea/export')
  assert.equal(download.status, 200)
  const other = join(folder, 'other')
  const { code, stdout } = snug(
    ['import', '-', '--data', other, '--base-url', 'https://chat.test'],
    await download.text(),
  )
  assert.equal(code, 0)
  const link = /Its owner’s link, shown only once: https:\/\/chat\.test(\/r\/tea\/owner\/[\w-]{20})\n$/.exec(
    stdout,
  )?.[1]
  const owner = new Visitor((await start(t, other)).url)
  assert.equal((await owner.get(link ?? '')).status, 303)
  assert.equal((await owner.get('/r/tea/settings')).status, 200)
})

test('a command that fails prints a sentence', async (t) => {
  const folder = await emptyFolder(t)
  const data = join(folder, 'data')
  const fails = (args: string[], code: number, sentence: RegExp, input = '') => {
    const done = snug([...args], input)
    assert.deepEqual([done.code, done.stdout], [code, ''])
    assert.match(done.stderr, sentence)
  }
  fails(['backup'], 2, /^snug: backup needs a FILE: snug backup FILE\n$/)
  fails(['export', 'a', 'b'], 2, /^snug: “b” is not expected after export\.\n$/)
  fails(
    ['backup', 'x', '--data', data],
    1,
    /^snug: No room is kept in \S+data: there is nothing to copy\.\n$/,
  )
  const unreachable = 'redis://:password@127.0.0.1:1'
  for (const command of [
    ['export', 'tea'],
    ['import', '-'],
  ])
    fails(
      [...command, '--redis', unreachable],
      1,
      /^snug: Can’t use the Redis at 127\.0\.0\.1:1: [^\n]*\n$/,
      'x',
    )
  fails(['export', 'tea', '--data', data], 1, /^snug: No room “tea” is kept in \S+data\.\n$/)
  fails(
    ['import', join(folder, 'none'), '--data', data],
    1,
    /^snug: Nothing was imported from [^\n]*: no such file or directory\.\n$/,
  )
  fails(['import', '-', '--data', data], 1, /^snug: Nothing was imported\.\nThis file is empty\.\n$/)
  fails(
    ['import', '-', '--data', data],
    1,
    /^snug: Nothing was imported\.\nLine 1: This is not a JSON object\.\n$/,
    'x\ny\n',
  )
})
