import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { reservePort } from '../../scripts/bench/reserve-port.ts'
import { makeKeptRoom } from '../support/http/owner.ts'
import { postTexts } from '../support/http/post-texts.ts'
import { Visitor } from '../support/http/visitor.ts'
import { createSelfSigned } from '../support/process/certificate.ts'
import { BUNDLE, emptyFolder, SnugProcess } from '../support/process/snug-process.ts'
import { FSYNC_ALWAYS, RedisServer } from '../support/redis/redis-server.ts'

const SCALING = join(import.meta.dirname, '..', '..', 'docs', 'scaling.md')
const JSON_ANSWER = { Accept: 'application/json' }

/**
 * Creates the user with the rights in the docs, and with changes to them.
 * @returns the address of Redis for this user
 */
async function allow(redis: RedisServer, ...changes: readonly string[]): Promise<string> {
  const line = /^ACL SETUSER snug on >password .*$/m.exec(await readFile(SCALING, 'utf8'))?.[0] ?? ''
  await redis.command(...line.split(' '), ...changes)
  return redis.url.replace('://', '://snug:password@')
}

async function run(t: TestContext, url: string, ...args: readonly string[]) {
  const snug = SnugProcess.spawn(t, { program: BUNDLE, args: [...args, '--redis', url] })
  const { code } = await snug.exited
  return { code, stdout: snug.stdout, stderr: snug.stderr }
}

/** Does everything that people and programs do, on both processes. */
async function useAll(one: Visitor, two: Visitor): Promise<void> {
  const owner = await makeKeptRoom(one, { listed: 'on', retention: '1d', keep: '3' })
  await one.post('/rooms', { room: 'cafe', kind: 'vanishing', listed: 'on' })
  for (const room of ['tea', 'cafe']) {
    const readers = [await one.enter(room), await two.enter(room)]
    await postTexts(one, room, 'first', 'second', 'third')
    const keyed = await two.post(`/r/${room}/messages`, { text: 'fourth', key: 'k' }, JSON_ANSWER)
    assert.equal(keyed.status, 201)
    for (const reader of readers) await reader.next(({ data }) => data.includes('fourth'))
    assert.ok((await two.post(`/r/${room}/name`, { name: `Ada ${room}` })).status < 400)
    assert.equal((await one.get(`/r/${room}/messages`, JSON_ANSWER)).status, 200)
    assert.match(await (await two.get('/')).text(), new RegExp(`/r/${room}"`))
    for (const reader of readers) await reader.close()
    assert.ok((await one.post(`/r/${room}/leave`, {})).status < 400)
  }
  const [id = ''] = await postTexts(two, 'tea', 'to be changed')
  assert.ok((await two.post(`/r/tea/messages/${id}`, { text: 'changed' })).status < 400)
  assert.ok((await two.get(owner)).status < 400)
  assert.equal((await two.get('/me')).status, 200)
}

test('the user in the docs has all rights that Snug needs, also without CONFIG GET', async (t) => {
  const redis = await RedisServer.start(t)
  for (const changes of [[], ['-config|get']]) {
    await redis.command('FLUSHALL')
    await redis.command('ACL', 'LOG', 'RESET')
    const url = await allow(redis, ...changes)
    const args = ['--port', '0', '--redis', url, '--away-after', '0', '--name-hold', '0']
    const [one, two] = await Promise.all([
      SnugProcess.start(t, { program: BUNDLE, args }),
      SnugProcess.start(t, { program: BUNDLE, args }),
    ])
    await useAll(new Visitor(one.url), new Visitor(two.url))
    const exported = await run(t, url, 'export', 'tea')
    assert.equal(exported.code, 0, exported.stderr)
    const file = join(await emptyFolder(t), 'tea')
    await writeFile(file, exported.stdout.replace('"tea"', '"coffee"'))
    const imported = await run(t, url, 'import', file)
    assert.equal(imported.code, 0, imported.stderr)
    assert.equal((await run(t, url, 'rotate-keys')).code, 0)
    for (const snug of [one, two]) await snug.kill('SIGTERM')
    // Everything that Redis denied to a user.
    const denied = (await redis.command('ACL', 'LOG')) as { object: string }[]
    assert.deepEqual(
      denied.map(({ object }) => `-${object}`),
      changes,
    )
  }
})

test('Snug does not start with a Redis user that lacks a right, and names the right', async (t) => {
  const redis = await RedisServer.start(t)
  const refusal = async (...changes: readonly string[]) => {
    const url = await allow(redis, 'reset', 'on', '>password', ...changes)
    const { code, stderr } = await run(t, url, 'serve', '--port', '0')
    assert.equal(code, 1)
    const [, lacking = stderr] =
      /^snug: Snug’s user in this Redis may not use (.*): docs\/scaling\.md lists what it needs\.\n$/.exec(
        stderr,
      ) ?? []
    return lacking
  }
  const all = ['~snug:*', '&snug:*', '+@all']
  assert.equal(await refusal(...all, '-spublish'), 'SPUBLISH')
  assert.equal(await refusal(...all, '-rename', '-unlink'), 'RENAME, UNLINK')
  assert.equal(await refusal(...all, '-@scripting'), 'EVAL, EVALSHA')
  assert.equal(await refusal(...all, '-info'), 'INFO')
  assert.equal(await refusal('~snug:*', '+@all'), 'channels that begin with “snug:”')
  assert.equal(await refusal('~chat:*', '&*', '+@all'), 'keys that begin with “snug:”')
})

/** Starts a Redis that also accepts connections with TLS. */
async function redisWithTls(t: TestContext) {
  const { certificate, key } = await createSelfSigned(t)
  const port = await reservePort()
  const files = ['--tls-cert-file', certificate, '--tls-key-file', key, '--tls-ca-cert-file', certificate]
  const redis = await RedisServer.start(t, {
    args: [...FSYNC_ALWAYS, '--tls-port', String(port), '--tls-auth-clients', 'no', ...files],
  })
  return { redis, certificate, host: `127.0.0.1:${port}` }
}

test('Snug uses a Redis over TLS with the certificate of --redis-ca, and refuses an untrusted certificate', async (t) => {
  const { redis, certificate, host } = await redisWithTls(t)
  const url = `rediss://${host}`
  const args = ['--port', '0', '--redis', url, '--redis-ca', certificate]
  const [one, two] = await Promise.all([
    SnugProcess.start(t, { args }),
    SnugProcess.start(t, { program: BUNDLE, args }),
  ])
  const [ada, bo] = [new Visitor(one.url), new Visitor(two.url)]
  const reader = await bo.enter('lounge')
  await postTexts(ada, 'lounge', 'by TLS')
  await reader.next(({ data }) => data.includes('by TLS'))
  await makeKeptRoom(bo)
  const exported = await run(t, url, 'export', 'tea', '--redis-ca', certificate)
  assert.deepEqual([exported.code, exported.stderr], [0, ''])
  // Every connection uses TLS, those of subscriptions too.
  const clients = String(await redis.command('CLIENT', 'LIST')).split('\n')
  const byTls = clients
    .filter((line) => line.includes('name=snug'))
    .map((line) => / laddr=(\S+)/.exec(line)?.[1])
  assert.deepEqual(byTls, [host, host, host, host])

  const problem = async (...more: readonly string[]) => (await run(t, url, ...more)).stderr
  const untrusted = `Can’t use the Redis at ${host}: its certificate is not trusted`
  assert.match(
    await problem('serve', '--port', '0'),
    new RegExp(`^snug: ${untrusted} .*--redis-ca FILE\\.\n$`),
  )
  const file = join(await emptyFolder(t), 'ca.pem')
  assert.equal(
    await problem('serve', '--redis-ca', file),
    `snug: Can’t read the certificates in ${file}: no such file or directory.\n`,
  )
  await writeFile(file, 'hello')
  assert.equal(
    await problem('serve', '--redis-ca', file),
    `snug: There is no certificate in ${file}: it should begin with -----BEGIN CERTIFICATE-----\n`,
  )
  const { stderr } = await run(t, `redis://${host}`, 'serve', '--port', '0')
  assert.match(
    stderr,
    /^snug: Can’t use the Redis at \S+: .* With TLS its address begins with rediss:\/\/\.\n$/,
  )
})
