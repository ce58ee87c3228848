import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { parseSlug } from '../../src/chat/room.ts'
import { RedisKeys } from '../../src/redis/keys.ts'
import { eventually } from '../support/eventually.ts'
import { makeKeptRoom } from '../support/http/owner.ts'
import { bearerHeader, makeToken } from '../support/http/tokens.ts'
import { Visitor } from '../support/http/visitor.ts'
import { startClusteredProcesses } from '../support/process/clustered-processes.ts'
import { BUNDLE, emptyFolder, SnugProcess } from '../support/process/snug-process.ts'
import { FSYNC_ALWAYS } from '../support/redis/redis-server.ts'

/** Runs `snug token …` without blocking this process. */
async function snugToken(...args: string[]) {
  const child = spawn(process.execPath, [BUNDLE, 'token', ...args], { env: {} })
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ])
  return { code, stdout, stderr }
}

/** Creates a token. Returns its secret and id, as the command printed them. */
async function createToken(...args: string[]): Promise<{ secret: string; id: string }> {
  const { code, stdout, stderr } = await snugToken('create', ...args)
  assert.equal(code, 0, stderr)
  const [secret = ''] = /^snug_[\w-]{40}(?=\n$)/.exec(stdout) ?? assert.fail(stdout)
  const [, id = ''] = /; its id is ([a-z0-9]{16})\.\n/.exec(stderr) ?? assert.fail(stderr)
  return { secret, id }
}

function post(url: string, secret: string, room: string): Promise<Response> {
  return fetch(`${url}/r/${room}/messages`, {
    method: 'POST',
    body: new URLSearchParams({ text: 'from a program' }),
    headers: { ...bearerHeader(secret), Accept: 'application/json' },
  })
}

test('the operator makes, lists and revokes tokens for any room of a running server that has kept nothing so far', async (t) => {
  const data = join(await emptyFolder(t), 'data')
  const args = ['--data', data]
  const none = await snugToken('list', ...args)
  assert.deepEqual([none.code, none.stdout], [1, ''])
  assert.match(none.stderr, /^snug: No token is kept in \S+data\.\n$/)

  const { url } = await SnugProcess.start(t, { program: BUNDLE, args: ['--port', '0', ...args] })
  const { secret, id } = await createToken(
    'Fleeting',
    '--name',
    'Weather Bot',
    '--scopes',
    'read,post',
    ...args,
  )
  const posted = (await (await post(url, secret, 'fleeting')).json()) as { author: { name: string } }
  assert.equal(posted.author.name, 'Weather Bot')
  await makeKeptRoom(new Visitor(url))
  const other = await createToken('tea', ...args)
  assert.equal((await post(url, other.secret, 'tea')).status, 201)
  assert.equal((await post(url, other.secret, 'fleeting')).status, 403)

  const day = '\\d{4}-\\d\\d-\\d\\d'
  const line = (...cells: string[]) => `${cells.join('\\t')}\\n`
  const fleeting = line(id, 'fleeting', 'read,post', day, 'Weather Bot')
  const tea = line(other.id, 'tea', 'read,post', day, 'Program')
  assert.match((await snugToken('list', ...args)).stdout, new RegExp(`^${fleeting}${tea}$`))
  assert.match((await snugToken('list', 'tea', ...args)).stdout, new RegExp(`^${tea}$`))

  const stream = await new Visitor(url).follow('/r/fleeting/live.json', bearerHeader(secret))
  await stream.next(({ event }) => event === 'open')
  const revoked = await snugToken('revoke', id, ...args)
  assert.deepEqual([revoked.code, revoked.stderr], [0, ''])
  assert.equal((await post(url, secret, 'fleeting')).status, 401)
  await stream.ended
  assert.equal((await post(url, other.secret, 'tea')).status, 201)

  const fails = async (args: string[], sentence: RegExp) => {
    const { code, stdout, stderr } = await snugToken(...args)
    assert.deepEqual([code, stdout], [1, ''])
    assert.match(stderr, sentence)
  }
  await Promise.all([
    fails(['revoke', id, ...args], /^snug: There is no token “[a-z0-9]{16}”; snug token list prints/),
    fails(['create', '!', ...args], /^snug: A room’s name needs at least one letter or digit\.\n$/),
    fails(['create', 'tea', '--name', 'admin', ...args], /is reserved/),
    fails(
      ['create', 'tea', '--scopes', 'all', ...args],
      /^snug: The scopes of a token must be read, post, or both/,
    ),
  ])
})

test('on Redis a token is valid in every process and revoked in all, and no vanishing room’s name is stored', async (t) => {
  const { redis, one, two } = await startClusteredProcesses(t, {
    redis: [...FSYNC_ALWAYS, '--rdbcompression', 'no'],
  })
  const ROOM = 'hush-quiet-harbour'
  const args = ['--redis', redis.url]
  const { secret, id } = await createToken(ROOM, ...args)
  const ada = new Visitor(one.url)
  await makeKeptRoom(ada)
  const ownerToken = await makeToken(ada, 'tea')
  for (const { url } of [one, two]) {
    assert.equal((await post(url, secret, ROOM)).status, 201)
    assert.equal((await post(url, ownerToken.secret, 'tea')).status, 201)
    assert.equal((await post(url, secret, 'tea')).status, 403)
  }
  const { stdout } = await snugToken('list', ...args)
  assert.match(stdout, new RegExp(`^${id}\\t\\(vanishing\\)\\t`, 'm'))
  assert.match(stdout, new RegExp(`^${ownerToken.id}\\ttea\\t`, 'm'))
  assert.match((await snugToken('list', ROOM, ...args)).stdout, new RegExp(`^${id}\\t${ROOM}\\t`))
  const roomChannel = new RedisKeys('snug:').channel(parseSlug(ROOM))
  const keys = (await redis.command('KEYS', '*')) as string[]
  assert.ok(keys.includes(`${roomChannel}:tokens`))
  for (const key of keys) {
    // A key that expired meanwhile gives null.
    const bytes = String(await redis.bytes('DUMP', key))
    assert.ok(![key, bytes].some((value) => value.includes(ROOM) || value.includes(secret.slice(5))), key)
  }

  const reader = new Visitor(two.url)
  const [stream, others] = [
    await reader.follow(`/r/${ROOM}/live.json`, bearerHeader(secret)),
    await reader.follow('/r/tea/live.json', bearerHeader(ownerToken.secret)),
  ]
  for (const each of [stream, others]) await each.next(({ event }) => event === 'open')
  assert.equal((await snugToken('revoke', id, ...args)).code, 0)
  await stream.ended
  for (const { url } of [one, two])
    await eventually(async () => assert.equal((await post(url, secret, ROOM)).status, 401))
  await ada.post(`/r/tea/tokens/${ownerToken.id}/revoke`, {})
  await others.ended
  for (const { url } of [one, two])
    await eventually(async () => assert.equal((await post(url, ownerToken.secret, 'tea')).status, 401))
})

test('a token is made only where a server is or was, so that no secret is printed that no server knows', async (t) => {
  const folder = await emptyFolder(t)
  const run = (args: readonly string[], cwd: string) =>
    spawnSync(process.execPath, [BUNDLE, 'token', 'create', 'tea', ...args], {
      cwd,
      env: {},
      encoding: 'utf8',
    })
  for (const args of [[], ['--data', 'missing'], ['--data', '.']]) {
    const { status, stdout, stderr } = run(args, folder)
    assert.deepEqual([status, stdout], [1, ''], args.join(' '))
    assert.match(
      stderr,
      /^snug: No server has used [^\n]*: name the folder of your server with --data FOLDER\.[^\n]*\n$/,
    )
  }
  assert.deepEqual(await readdir(folder), [])
  const server = await SnugProcess.start(t, {
    program: BUNDLE,
    args: ['--port', '0', '--data', 'data'],
    cwd: folder,
  })
  assert.equal((await server.kill('SIGTERM')).code, 0)
  assert.equal(run(['--data', 'data'], folder).status, 0)
})
