import assert from 'node:assert/strict'
import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { generateSessionKeys, rotateSessionKeys } from '../../src/secrets/session-keys.ts'
import { findStreamAddress, Visitor } from '../support/http/visitor.ts'
import {
  BUNDLE,
  EXECUTABLE,
  emptyFolder,
  type SnugOptions,
  SnugProcess,
} from '../support/process/snug-process.ts'
import { RedisServer } from '../support/redis/redis-server.ts'

const KEYS = generateSessionKeys()

/** Posts with this cookie. Returns the author as others see it. */
async function authorOf(snug: SnugProcess, cookie: string): Promise<{ name: string; tag: string }> {
  const visitor = new Visitor(snug.url)
  visitor.cookie = cookie
  const posted = await visitor.post('/r/tea/messages', { text: 'hello' }, { Accept: 'application/json' })
  assert.equal(posted.status, 201)
  const { author } = (await posted.json()) as { author: { name: string; tag: string } }
  return author
}

/** Opens a page in one run, and posts with its session in this run and in a second one. */
async function postInTwoRuns(t: TestContext, first: SnugOptions, second: SnugOptions = first) {
  const one = await SnugProcess.start(t, first)
  const ada = new Visitor(one.url)
  const stream = findStreamAddress(await (await ada.get('/r/tea')).text())
  const before = await authorOf(one, ada.cookie)
  await one.kill('SIGTERM')
  const two = await SnugProcess.start(t, second)
  return { two, cookie: ada.cookie, stream, before, after: await authorOf(two, ada.cookie) }
}

async function run(t: TestContext, options: SnugOptions) {
  const snug = SnugProcess.spawn(t, { program: BUNDLE, ...options })
  const { code } = await snug.exited
  return { code, stdout: snug.stdout, stderr: snug.stderr }
}

const args = (...more: string[]) => ['--port', '0', ...more]

test('with a data folder a page keeps its session over a restart', async (t) => {
  const data = join(await emptyFolder(t), 'data')
  const { two, cookie, stream, before, after } = await postInTwoRuns(t, { args: args('--data', data) })
  assert.deepEqual(after, before)
  const ada = new Visitor(two.url)
  ada.cookie = cookie
  const resumed = await ada.follow(stream)
  // The replay proves that the signature of the cursor is still valid.
  await resumed.next(({ data }) => data.includes('hello'))
  await resumed.close()
})

test('an existing default folder is used without a flag, and without a folder sessions end', async (t) => {
  const cwd = await emptyFolder(t)
  const withoutFolder = await postInTwoRuns(t, { args: args(), cwd })
  assert.notDeepEqual(withoutFolder.after, withoutFolder.before)
  assert.deepEqual(await readdir(cwd), [])
  await mkdir(join(cwd, 'snug-data'))
  const withFolder = await postInTwoRuns(t, { args: args(), cwd })
  assert.deepEqual(withFolder.after, withFolder.before)
})

test('with keys from the environment a page keeps its session, on any machine and in any folder', async (t) => {
  const env = { SNUG_SESSION_KEYS: KEYS.current }
  const [one, two] = [await emptyFolder(t), await emptyFolder(t)]
  const { before, after } = await postInTwoRuns(
    t,
    { args: args(), env, cwd: one },
    { args: args(), env, cwd: two },
  )
  assert.deepEqual(after, before)
  assert.deepEqual([await readdir(one), await readdir(two)], [[], []])
  const third = await SnugProcess.start(t, { program: BUNDLE, args: args('--session-keys', KEYS.current) })
  await third.kill('SIGTERM')
})

test('with keys from the environment the data folder has no keys', async (t) => {
  const data = join(await emptyFolder(t), 'data')
  await SnugProcess.start(t, {
    program: BUNDLE,
    args: args('--data', data),
    env: { SNUG_SESSION_KEYS: KEYS.current },
  })
  assert.deepEqual((await readdir(data)).sort(), ['lock.db', 'lock.txt'])
})

test('a session survives one rotation, and a second one if it was used in between', async (t) => {
  const keys = [KEYS, rotateSessionKeys(KEYS)]
  keys.push(rotateSessionKeys(keys[1] ?? KEYS))
  const [first, second, third] = keys.map(({ current, former }) => ({
    program: BUNDLE,
    env: { SNUG_SESSION_KEYS: former === undefined ? current : `${current},${former}` },
  }))
  assert.ok(first && second && third)
  const { two, cookie, before, after } = await postInTwoRuns(t, first, second)
  assert.deepEqual(after, before)
  const ada = new Visitor(two.url)
  ada.cookie = cookie
  await ada.get('/')
  assert.notEqual(ada.cookie, cookie, 'the cookie must be signed again')
  // Each key has a cookie of its own. The last one was set last.
  const memberOf = (cookies: string) => cookies.split('=').at(-1)?.split('.')[0]
  const member = memberOf(cookie)
  assert.equal(memberOf(ada.cookie), member)

  const snug = await SnugProcess.start(t, third)
  const active = new Visitor(snug.url)
  active.cookie = ada.cookie
  await active.get('/')
  assert.equal(memberOf(active.cookie), member)
  const absent = new Visitor(snug.url)
  absent.cookie = cookie
  await absent.get('/')
  assert.notEqual(memberOf(absent.cookie), member)
})

test('rotate-keys makes a key for the next start while Snug runs, and explains the effect', async (t) => {
  const data = join(await emptyFolder(t), 'data')
  const first = await SnugProcess.start(t, { program: BUNDLE, args: args('--data', data) })
  const ada = new Visitor(first.url)
  await ada.get('/r/tea')
  const before = await authorOf(first, ada.cookie)
  const keysIn = async () =>
    (await readFile(join(data, 'session-keys'), 'utf8')).split('\n').filter((line) => /^[^#]/.test(line))
  const [original] = await keysIn()

  const rotation = await run(t, { args: ['rotate-keys', '--data', data] })
  assert.deepEqual([rotation.code, rotation.stderr], [0, ''])
  assert.match(
    rotation.stdout,
    /^A new key is in .*session-keys; the previous one still opens sessions\.\n.*after a restart/,
  )
  const [current, former] = await keysIn()
  assert.equal(former, original)
  for (const key of [current, former]) assert.ok(key && !rotation.stdout.includes(key))
  assert.deepEqual(await authorOf(first, ada.cookie), before, 'running processes must continue')
  await first.kill('SIGTERM')

  const second = await SnugProcess.start(t, { program: BUNDLE, args: args('--data', data) })
  assert.deepEqual(await authorOf(second, ada.cookie), before)
  assert.match(
    (await run(t, { args: ['rotate-keys'], env: { SNUG_DATA: data } })).stdout,
    /The key before that is gone/,
  )
  assert.deepEqual((await keysIn()).slice(1), [current])
})

test('processes on one Redis share sessions, and rotate-keys makes a key for the next start of all', async (t) => {
  const { url } = await RedisServer.start(t)
  const redis = ['--redis', url]
  const options = { program: BUNDLE, args: args(...redis) }
  const one = await SnugProcess.start(t, options)
  const other = await SnugProcess.start(t, options)
  const ada = new Visitor(one.url)
  await ada.get('/r/tea')
  const before = await authorOf(one, ada.cookie)
  assert.deepEqual(await authorOf(other, ada.cookie), before)
  const rotation = await run(t, { args: ['rotate-keys', ...redis] })
  assert.deepEqual([rotation.code, rotation.stderr], [0, ''])
  assert.match(rotation.stdout, /^A new key is in Redis; .*\n.*all processes at once.*\n$/)
  assert.deepEqual(await authorOf(other, ada.cookie), before, 'running processes must continue')
  for (const process of [one, other]) await process.kill('SIGTERM')
  const again = await SnugProcess.start(t, options)
  assert.deepEqual(await authorOf(again, ada.cookie), before)
  const renewed = new Visitor(again.url)
  renewed.cookie = ada.cookie
  await renewed.get('/')
  assert.notEqual(renewed.cookie, ada.cookie, 'the cookie must be signed again')
})

test('rotate-keys reports in one line why it fails', async (t) => {
  const cwd = await emptyFolder(t)
  const fails = async (options: SnugOptions, sentence: RegExp) => {
    const { code, stdout, stderr } = await run(t, { cwd, ...options })
    assert.deepEqual([code, stdout], [1, ''])
    assert.match(stderr, sentence)
  }
  await fails(
    { args: ['rotate-keys'] },
    /^snug: There is no snug-data\/session-keys: Snug makes it when [^\n]*\n$/,
  )
  await fails(
    { args: ['rotate-keys', '--data', 'x'], env: { SNUG_SESSION_KEYS: KEYS.current } },
    /^snug: The keys are in SNUG_SESSION_KEYS: [^\n]*\n$/,
  )
  const server = await RedisServer.start(t)
  const onRedis = { args: ['rotate-keys', '--redis', server.url] }
  await fails(onRedis, /^snug: There are no keys in this Redis: Snug makes them when [^\n]*\n$/)
  await server.kill()
  await fails(onRedis, /^snug: Can’t use the Redis at 127\.0\.0\.1:\d+: [^\n]*\n$/)
  await mkdir(join(cwd, 'snug-data'))
  await writeFile(join(cwd, 'snug-data', 'session-keys'), 'x', { mode: 0o600 })
  await fails({ args: ['rotate-keys'] }, /^snug: snug-data\/session-keys is damaged: [^\n]*\n$/)
  assert.deepEqual(await readdir(cwd), ['snug-data'])
})

for (const program of [EXECUTABLE, BUNDLE]) {
  test(`P1: a second process on a folder is refused, and the error names the first one until it is killed: ${program === BUNDLE ? 'bundle' : 'executable'}`, async (t) => {
    const options = { program, args: args('--data', join(await emptyFolder(t), 'data')) }
    const first = await SnugProcess.start(t, options)
    for (let attempt = 0; attempt < 2; attempt++) {
      const { code, stdout, stderr } = await run(t, options)
      assert.deepEqual([code, stdout], [1, ''])
      const holder = `process ${first.pid} on \\S+ since \\d{4}-`
      assert.match(stderr, new RegExp(`^snug: Another Snug uses [^\\n]*: ${holder}[^\\n]*--data FOLDER\\n$`))
    }
    await first.kill('SIGKILL')
    const second = await SnugProcess.start(t, options)
    assert.equal((await fetch(`${second.url}/healthz`)).status, 200)
    assert.match((await run(t, options)).stderr, new RegExp(`: process ${second.pid} on `))
    await second.kill('SIGTERM')
    assert.equal((await SnugProcess.start(t, options)).stderr, '')
  })
}

test('an unusable folder stops the start with one line, and is unlocked again', async (t) => {
  const data = await emptyFolder(t)
  const keys = join(data, 'session-keys')
  await writeFile(keys, `${KEYS.current}\n`)
  await chmod(keys, 0o644)
  const refused = await run(t, { args: args('--data', data) })
  assert.equal(refused.code, 1)
  assert.match(refused.stderr, /^snug: Others can access the keys in [^\n]* \(mode 644\)\.[^\n]*\n$/)
  await chmod(keys, 0o600)
  const running = await SnugProcess.start(t, { program: BUNDLE, args: args('--data', data) })
  const port = new URL(running.url).port
  const other = await emptyFolder(t)
  assert.equal((await run(t, { args: ['--port', port, '--data', other] })).code, 1)
  assert.deepEqual((await readdir(other)).sort(), ['lock.db', 'session-keys'], 'its lock must be released')
})

test('P3: the data folder has no text and no name of a vanishing room', async (t) => {
  const data = join(await emptyFolder(t), 'data')
  const snug = await SnugProcess.start(t, { program: BUNDLE, args: args('--data', data) })
  const ada = new Visitor(snug.url)
  const stream = await ada.enter('tea')
  for (let n = 0; n < 20; n++) await ada.post('/r/tea/messages', { text: `canary-5d1c ${n}`, key: `k${n}` })
  await stream.next(({ data }) => data.includes('canary-5d1c 19'))
  for (const signal of [undefined, 'SIGKILL'] as const) {
    if (signal) await snug.kill(signal)
    const files = (await readdir(data)).sort()
    assert.deepEqual(files, ['lock.db', 'lock.txt', 'session-keys'])
    for (const file of files) {
      const text = await readFile(join(data, file), 'latin1')
      for (const secret of ['canary', 'tea', ada.cookie.replace(/^[^=]*=/, '')])
        assert.ok(!text.includes(secret), file)
    }
  }
  assert.equal((await stat(join(data, 'lock.db'))).size, 0)
})
