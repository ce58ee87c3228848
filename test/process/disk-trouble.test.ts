import assert from 'node:assert/strict'
import { mkdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { eventually } from '../support/eventually.ts'
import { Visitor } from '../support/http/visitor.ts'
import { type FailingDisk, type Fault, failingDisk } from '../support/process/failing-disk.ts'
import { BUNDLE, emptyFolder, SnugProcess } from '../support/process/snug-process.ts'

/** Snug must exit within this time. Containers are killed two seconds later. */
const EXIT_MAX_MS = 8000

async function startWithRoom(t: TestContext, env: Readonly<Record<string, string>> = {}) {
  const folder = await emptyFolder(t)
  const data = join(folder, 'data')
  const args = ['--port', '0', '--limits', 'off', '--data', data]
  const snug = await SnugProcess.start(t, { program: BUNDLE, args, env })
  const ada = new Visitor(snug.url)
  await ada.post('/rooms', { room: 'tea', kind: 'kept' })
  const post = async (text: string) => {
    const response = await ada.post('/r/tea/messages', { text }, { Accept: 'application/json' })
    return { status: response.status, body: await response.text() }
  }
  assert.equal((await post('before')).status, 201)
  return { snug, ada, data, folder, args, post }
}

const readiness = async ({ url }: SnugProcess) => (await fetch(`${url}/readyz`)).status

/** Waits as long as a server may need to notice, or to count something as lasting. */
async function becomes(snug: SnugProcess, status: number): Promise<void> {
  await eventually(async () => assert.equal(await readiness(snug), status), 20_000)
}

const logged = (snug: SnugProcess, message: string) =>
  snug.stderr.split('\n').filter((line) => line.includes(message))

const SENTENCES: readonly [Exclude<Fault, 'hang'>, RegExp][] = [
  ['EIO', /The disk of this server fails just now/],
  ['EROFS', /The disk of this server can only be read just now/],
  ['ENOSPC', /There is no space left to store this/],
]

test('P1: trouble with the disk is named, logged once with its code, fails readiness, and is over when the disk works', async (t) => {
  const disk = await failingDisk(t)
  if (!disk) return t.skip('no library can be preloaded here')
  const { snug, ada, post } = await startWithRoom(t, disk.env)
  for (const [code, sentence] of SENTENCES) {
    snug.stderr = ''
    await disk.fail(code)
    for (let n = 0; n < 3; n++) {
      const refused = await post(`during ${code}`)
      assert.equal(refused.status, 507, refused.body)
      assert.match(refused.body, sentence)
    }
    await becomes(snug, 503)
    assert.equal((await ada.get('/r/tea')).status, 200, 'reading must go on')
    assert.equal((await ada.post('/r/cup/messages', { text: 'vanishing' })).status, 303)
    await disk.mend()
    await becomes(snug, 200)
    assert.equal((await post(`after ${code}`)).status, 201)
    const failures = logged(snug, 'nothing can be stored')
    assert.equal(failures.length, 1, snug.stderr)
    assert.equal(JSON.parse(failures[0] ?? '').code, code)
    // The log is written without waiting for it.
    await eventually(async () => assert.equal(logged(snug, 'can be written again').length, 1, snug.stderr))
  }
  const page = await (await ada.get('/r/tea/messages', { Accept: 'application/json' })).text()
  assert.match(page, /before.*after EIO.*after EROFS.*after ENOSPC/s)
  assert.doesNotMatch(page, /during/)
})

async function hang(t: TestContext, disk: FailingDisk) {
  const started = await startWithRoom(t, disk.env)
  await disk.fail('hang')
  const waiting = started.post('waits for the disk').catch(() => undefined)
  return { ...started, waiting }
}

test('P12: SIGTERM ends the process in time while a commit hangs, and a second signal at once', async (t) => {
  const disk = await failingDisk(t)
  if (!disk) return t.skip('no library can be preloaded here')
  for (const signals of [1, 2]) {
    const { snug } = await hang(t, disk)
    await becomes(snug, 503)
    await eventually(async () =>
      assert.match(logged(snug, 'nothing can be stored')[0] ?? '', /"code":"ETIMEDOUT"/),
    )
    const signalledAt = performance.now()
    const exited = snug.kill('SIGTERM')
    if (signals === 2) {
      await eventually(async () => assert.rejects(readiness(snug)))
      void snug.kill('SIGTERM')
    }
    await exited
    const took = performance.now() - signalledAt
    assert.ok(took < (signals === 2 ? 5000 : EXIT_MAX_MS), `it took ${took} ms`)
    await disk.mend()
  }
})

test('a commit that hung for a while is acknowledged, and readiness comes back', async (t) => {
  const disk = await failingDisk(t)
  if (!disk) return t.skip('no library can be preloaded here')
  const { snug, waiting } = await hang(t, disk)
  await becomes(snug, 503)
  await disk.mend()
  assert.equal((await waiting)?.status, 201)
  await becomes(snug, 200)
})

test('P1: after the data folder is moved or one of its files is removed or replaced, no post is acknowledged until it is back', {
  skip: process.platform === 'win32',
}, async (t) => {
  const { snug, data, folder, args, post } = await startWithRoom(t)
  const aside = join(folder, 'aside')
  const paths = [data, ...['rooms.db', 'rooms.db-wal', 'lock.db'].map((name) => join(data, name))]
  for (const path of paths) {
    for (const replaced of [false, true]) {
      snug.stderr = ''
      await rename(path, aside)
      if (replaced) await (path === data ? mkdir(path) : writeFile(path, ''))
      const refused = await post('into nothing')
      assert.equal(refused.status, 507, refused.body)
      assert.match(refused.body, /The data folder of this server was moved or replaced/)
      assert.equal(await readiness(snug), 503)
      await rm(path, { recursive: true, force: true })
      await rename(aside, path)
      assert.equal((await post('back')).status, 201)
      await becomes(snug, 200)
      await eventually(async () => assert.equal(logged(snug, 'nothing can be stored').length, 1, snug.stderr))
    }
  }
  const database = join(data, 'rooms.db')
  const content = await readFile(database)
  await truncate(database)
  assert.equal((await post('into nothing')).status, 507)
  await writeFile(database, content)
  assert.equal((await post('back')).status, 201)
  await becomes(snug, 200)
  // Without a post as well.
  await rename(data, aside)
  await becomes(snug, 503)
  // A second server may use the path now. The first one must leave its files alone.
  const second = await SnugProcess.start(t, { program: BUNDLE, args })
  const bob = new Visitor(second.url)
  await bob.post('/rooms', { room: 'tea', kind: 'kept' })
  await bob.post('/r/tea/messages', { text: 'stored by the second' })
  assert.equal((await post('into nothing')).status, 507)
  await snug.kill('SIGTERM')
  assert.equal((await bob.post('/r/tea/messages', { text: 'and another' })).status, 303)
  await second.kill('SIGKILL')
  const third = await SnugProcess.start(t, { program: BUNDLE, args })
  const page = await (
    await new Visitor(third.url).get('/r/tea/messages', { Accept: 'application/json' })
  ).text()
  assert.match(page, /stored by the second.*and another/s)
})

test('a kept room is not made in a folder that replaced the one of this process', {
  skip: process.platform === 'win32',
}, async (t) => {
  const folder = await emptyFolder(t)
  const data = join(folder, 'data')
  const snug = await SnugProcess.start(t, { program: BUNDLE, args: ['--port', '0', '--data', data] })
  await rename(data, join(folder, 'aside'))
  await mkdir(data, { mode: 0o700 })
  const ada = new Visitor(snug.url)
  assert.equal((await ada.post('/rooms', { room: 'tea', kind: 'kept' })).status, 507)
  await rm(data, { recursive: true })
  await rename(join(folder, 'aside'), data)
  assert.equal((await ada.post('/rooms', { room: 'tea', kind: 'kept' })).status, 201)
})
