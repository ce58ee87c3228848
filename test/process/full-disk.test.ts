import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { eventually } from '../support/eventually.ts'
import { Visitor } from '../support/http/visitor.ts'
import { BUNDLE, SnugProcess } from '../support/process/snug-process.ts'

/**
 * Mounts a disk of two megabytes.
 * @returns undefined if the test may not mount a file system
 */
async function smallDisk(t: TestContext): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'snug-test-'))
  t.after(() => spawnSync('umount', ['--lazy', folder]))
  t.after(() => rm(folder, { recursive: true }))
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m,mode=0700', 'tmpfs', folder])
  return mounted.status === 0 ? folder : undefined
}

test('on a full disk posts are refused with 507, history and streams go on, and posts work again once there is space', async (t) => {
  const disk = await smallDisk(t)
  // test/store/sqlite/full.test.ts does the same without a disk.
  if (disk === undefined) return t.skip('no file system can be mounted here')
  const snug = await SnugProcess.start(t, {
    program: BUNDLE,
    args: ['--port', '0', '--limits', 'off', '--data', join(disk, 'data')],
  })
  const ada = new Visitor(snug.url)
  await ada.post('/rooms', { room: 'tea', kind: 'kept' })
  const stream = await ada.enter('tea')
  t.after(() => stream.close())
  const post = (text: string) => ada.post('/r/tea/messages', { text }, { Accept: 'application/json' })
  const ballast = join(disk, 'ballast')
  await writeFile(ballast, Buffer.alloc(1_000_000))

  let stored = 0
  let refusal = await post(`message ${stored} ${'x'.repeat(4000)}`)
  while (refusal.status === 201 && stored < 1000) {
    stored++
    await refusal.arrayBuffer()
    refusal = await post(`message ${stored} ${'x'.repeat(4000)}`)
  }
  assert.equal(refusal.status, 507)
  const { error } = (await refusal.json()) as { error: { message: string } }
  assert.equal(error.message, 'There is no space left to store this. It was not accepted; try again later.')
  const page = await ada.post('/r/tea/messages', { text: `typed by me ${'x'.repeat(4000)}` })
  assert.equal(page.status, 507)
  assert.match(await page.text(), /typed by me/, 'the page must give back the typed text')

  const history = await (await ada.get('/r/tea/messages', { Accept: 'application/json' })).text()
  assert.ok(history.includes(`message ${stored - 1} `))
  await stream.next(({ data }) => data.includes(`message ${stored - 1} `))
  assert.equal((await ada.post('/r/cup/messages', { text: 'vanishing rooms need no disk' })).status, 303)

  await eventually(async () => assert.equal((await ada.get('/readyz')).status, 503), 10_000)
  await rm(ballast)
  await eventually(async () => assert.equal((await post('space again')).status, 201))
  await stream.next(({ data }) => data.includes('space again'))
  const again = await (await ada.get('/r/tea/messages', { Accept: 'application/json' })).text()
  assert.ok(again.includes('space again') && !again.includes('typed by me'))
  await eventually(async () => assert.equal((await ada.get('/readyz')).status, 200), 10_000)
  const logged = (message: string) => snug.stderr.split('\n').filter((line) => line.includes(message))
  await eventually(async () => assert.equal(logged('the data folder can be written again').length, 1))
  const [failure, ...more] = logged('nothing can be stored')
  assert.deepEqual([JSON.parse(failure ?? '{}').code, more], ['ENOSPC', []])
  assert.equal(snug.stderr.split('\n').filter((line) => line.includes('"bug"')).length, 0, snug.stderr)
})

test('a database that reached its bound is logged once, and the server stays ready', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'snug-test-'))
  t.after(() => rm(folder, { recursive: true }))
  const args = ['--port', '0', '--limits', 'off', '--max-data', '1m', '--data', join(folder, 'data')]
  const snug = await SnugProcess.start(t, { program: BUNDLE, args })
  const ada = new Visitor(snug.url)
  await ada.post('/rooms', { room: 'tea', kind: 'kept' })
  let status = 201
  for (let n = 0; status === 201 && n < 1000; n++) {
    const text = `message ${n} ${'x'.repeat(4000)}`
    ;({ status } = await ada.post('/r/tea/messages', { text }, { Accept: 'application/json' }))
  }
  assert.equal(status, 507)
  const logged = () => snug.stderr.split('\n').filter((line) => line.includes('nothing can be stored'))
  await eventually(async () => assert.match(logged()[0] ?? '', /"code":"--max-data"/))
  // Longer than a trouble may last in a ready server.
  const until = performance.now() + 4500
  while (performance.now() < until) {
    assert.equal((await ada.get('/readyz')).status, 200)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  assert.equal(logged().length, 1)
})
