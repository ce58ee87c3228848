import assert from 'node:assert/strict'
import { readdirSync, readlinkSync } from 'node:fs'
import { type TestContext, test } from 'node:test'
import { Visitor } from '../support/http/visitor.ts'
import { emptyFolder, SnugProcess } from '../support/process/snug-process.ts'

const CANARY = 'canary-9f3b2c7d'
const KEY_CANARY = 'key-canary-51e0a8'
const POSTS = 30

/** Starts the executable with an empty working folder, home folder and temporary folder. */
async function startWatched(t: TestContext) {
  const folders = [await emptyFolder(t), await emptyFolder(t), await emptyFolder(t)] as const
  const [cwd, HOME, TMPDIR] = folders
  const args = ['--port', '0', '--limits', 'off', '--log-level', 'debug']
  const snug = await SnugProcess.start(t, { args, cwd, env: { HOME, TMPDIR } })
  return {
    snug,
    written: () => folders.flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' })),
  }
}

/** Posts the canary in every way: with readers, without readers, and in posts that are refused. */
async function postCanary(url: string): Promise<Visitor> {
  const [ada, ben] = [new Visitor(url), new Visitor(url)]
  const stream = await ben.enter('lobby')
  await ada.enter('lobby')
  for (let n = 1; n <= POSTS; n++) {
    const key = `${KEY_CANARY}-${n}`
    assert.equal((await ada.post('/r/lobby/messages', { text: `${CANARY} ${n}`, key })).status, 303)
  }
  await stream.next(({ data }) => data.includes(`${CANARY} ${POSTS}`))
  await stream.close()
  assert.equal((await ada.post('/r/empty/messages', { text: CANARY })).status, 303)
  await postRefused(url, ada)
  // The canary must still be in the replay window when the process is stopped.
  const reopened = await ben.enter('lobby')
  await ada.post('/r/lobby/messages', { text: `${CANARY} at last` })
  await reopened.next(({ data }) => data.includes(CANARY))
  return ada
}

async function postRefused(url: string, ada: Visitor): Promise<void> {
  const path = '/r/lobby/messages'
  const status = async (response: Promise<Response>) => (await response).status
  assert.equal(await status(ada.post(path, { text: CANARY, key: `${KEY_CANARY}-1` })), 422)
  assert.equal(await status(ada.post(path, { text: CANARY, key: `${KEY_CANARY} with blanks` })), 422)
  assert.equal(await status(ada.post(path, { text: CANARY.repeat(400) })), 413)
  assert.equal(await status(ada.post(path, { text: CANARY.repeat(4000) })), 413)
  assert.equal(await status(ada.post(path, { text: CANARY }, { Origin: 'http://evil.example' })), 403)
  assert.equal(await status(ada.post(`/r/-/${CANARY}`, { text: CANARY })), 404)
  const odd = (type: string) =>
    fetch(url + path, { method: 'POST', body: `{${CANARY}`, headers: { 'Content-Type': type } })
  assert.equal(await status(odd('application/json')), 422)
  assert.equal(await status(odd('application/octet-stream')), 415)
  assert.equal(await status(odd('multipart/form-data; boundary=x')), 422)
}

/** The files that a process has open; an empty list if the system does not show them. */
function openFiles(pid: number): string[] {
  if (process.platform !== 'linux') return []
  const folder = `/proc/${pid}/fd`
  return readdirSync(folder)
    .map((descriptor) => readlinkSync(`${folder}/${descriptor}`))
    .filter((target) => target.startsWith('/') && !target.startsWith('/dev/'))
}

for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
  test(`P3: after ${signal} no text and no key of a message is in a file or a log line`, async (t) => {
    const { snug, written } = await startWatched(t)
    const { cookie } = await postCanary(snug.url)
    assert.deepEqual(openFiles(snug.pid), [], 'a file is open while people chat')
    assert.deepEqual(written(), [], 'files were made while people chatted')

    await snug.kill(signal)
    assert.deepEqual(written(), [], 'files were left')
    const output = snug.stdout + snug.stderr
    const secret = cookie.slice(cookie.indexOf('=') + 1)
    assert.ok(secret.length > 20)
    for (const canary of [CANARY, KEY_CANARY, secret]) assert.ok(!output.includes(canary), output)
  })
}

test('a log line is one JSON object on standard error, with a level, a time and a message', async (t) => {
  const { snug } = await startWatched(t)
  await postCanary(snug.url)
  await snug.kill('SIGTERM')
  const lines: Record<string, unknown>[] = snug.stderr
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  assert.ok(lines.length >= 2)
  for (const { level, time, msg, pid } of lines) {
    assert.deepEqual([typeof level, typeof time, typeof msg, pid], ['number', 'number', 'string', snug.pid])
  }
  assert.ok(lines.some(({ msg, port }) => msg === 'listening' && `${port}` === new URL(snug.url).port))
  assert.ok(!lines.some(({ level }) => Number(level) >= 50), 'something was logged as a bug')
  assert.doesNotMatch(snug.stdout, /^\{/m, 'standard output is for people')
})
