import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { reservePort } from '../../scripts/bench/reserve-port.ts'
import { eventually } from '../support/eventually.ts'
import { postTexts } from '../support/http/post-texts.ts'
import { Visitor } from '../support/http/visitor.ts'
import { createSelfSigned } from '../support/process/certificate.ts'
import { BUNDLE, SnugProcess } from '../support/process/snug-process.ts'
import { FSYNC_ALWAYS, RedisServer } from '../support/redis/redis-server.ts'
import { PRIMARY, Sentinels } from '../support/redis/sentinels.ts'

/**
 * Starts Snug on sentinels that it can’t use.
 * @returns its error output
 */
async function refusal(t: TestContext, url: string): Promise<string> {
  const snug = SnugProcess.spawn(t, { program: BUNDLE, args: ['--port', '0', '--redis', url] })
  const { code } = await snug.exited
  assert.ok(code === 1 || code === 2, `${code}: ${snug.stderr}`)
  return snug.stderr
}

test('a start without a usable sentinel says why in a sentence', async (t) => {
  const redis = await RedisServer.start(t)
  const sentinels = await Sentinels.start(t, redis, 0, { count: 1 })
  const [port] = sentinels.ports
  const at = (hosts: string, rest = PRIMARY) => refusal(t, `redis+sentinel://${hosts}/${rest}`)
  const [none, wrongName, wrongKind, wrongUrl, noName] = await Promise.all([
    at('127.0.0.1:1,127.0.0.1:2'),
    at(`127.0.0.1:${port}`, 'another'),
    at(`127.0.0.1:${redis.port}`),
    refusal(t, `redis://127.0.0.1:${port}`),
    refusal(t, `redis+sentinel://127.0.0.1:${port}`),
  ])
  assert.equal(
    none,
    `snug: No sentinel can be asked for the primary “${PRIMARY}”: 127.0.0.1:1 connect ECONNREFUSED 127.0.0.1:1; 127.0.0.1:2 connect ECONNREFUSED 127.0.0.1:2.\n`,
  )
  assert.equal(
    wrongName,
    `snug: No primary is called “another” at the sentinel 127.0.0.1:${port}: its configuration has the name after “sentinel monitor”.\n`,
  )
  assert.equal(
    wrongKind,
    `snug: No sentinel can be asked for the primary “${PRIMARY}”: 127.0.0.1:${redis.port} is a Redis, not a sentinel.\n`,
  )
  assert.match(
    wrongUrl,
    /^snug: This is a sentinel, not a Redis: its address is written redis\+sentinel:\/\/.*\.\n$/,
  )
  assert.match(noName, /^snug: --redis must be redis\+sentinel:\/\/.*\/NAME/)
  await redis.kill()
  assert.equal(
    await at(`127.0.0.1:${port}`),
    `snug: The sentinels name 127.0.0.1:${redis.port} as the primary “${PRIMARY}”. Can’t use it: connect ECONNREFUSED 127.0.0.1:${redis.port}.\n`,
  )
})

test('the primary and the sentinels may need passwords, and the primary may have a database', async (t) => {
  const redis = await RedisServer.start(t)
  await redis.command('ACL', 'SETUSER', 'ada', 'on', '>right', '~*', '&*', '+@all')
  const sentinels = await Sentinels.start(t, redis, 0, { count: 1 })
  await sentinels.command(sentinels.ports[0], 'ACL', 'SETUSER', 'default', 'resetpass', '>watch')
  const host = `127.0.0.1:${sentinels.ports[0]}/${PRIMARY}`
  assert.match(
    await refusal(t, `redis+sentinel://ada:right@${host}/3`),
    /needs another user or password \(\?sentinel-user=/,
  )
  assert.equal(
    await refusal(t, `redis+sentinel://ada:wrong@${host}?sentinel-password=watch`),
    `snug: The sentinels name 127.0.0.1:${redis.port} as the primary “${PRIMARY}”. Can’t use it: it needs another user or password: redis+sentinel://USER:PASSWORD@HOST:PORT.\n`,
  )
  const url = `redis+sentinel://ada:right@${host}/3?sentinel-password=watch`
  const snug = await SnugProcess.start(t, { program: BUNDLE, args: ['--port', '0', '--redis', url] })
  assert.equal(snug.stderr, '')
  const keys = String(await redis.command('INFO', 'keyspace'))
  assert.match(keys, /db3:/)
  assert.doesNotMatch(keys, /db0:/)
})

test('with rediss+sentinel:// both the sentinels and the primary are reached over TLS', async (t) => {
  const { certificate, key } = await createSelfSigned(t)
  const [port, sentinelPort] = [await reservePort(), await reservePort()]
  const settings = [
    ['tls-cert-file', certificate],
    ['tls-key-file', key],
    ['tls-ca-cert-file', certificate],
    ['tls-auth-clients', 'no'],
    ['tls-replication', 'yes'],
  ] as const
  const args = settings.flatMap(([name, value]) => [`--${name}`, value])
  await RedisServer.start(t, { args: [...FSYNC_ALWAYS, '--tls-port', `${port}`, ...args] })
  const lines = [`tls-port ${sentinelPort}`, ...settings.map((setting) => setting.join(' '))]
  await Sentinels.start(t, { port }, 0, { count: 1, lines })
  const url = `rediss+sentinel://127.0.0.1:${sentinelPort}/${PRIMARY}`
  assert.match(await refusal(t, url), /self-signed certificate/)
  const snug = await SnugProcess.start(t, {
    program: BUNDLE,
    args: ['--port', '0', '--redis', url, '--redis-ca', certificate],
  })
  const ada = new Visitor(snug.url)
  const reader = await ada.enter('tea')
  await postTexts(ada, 'tea', 'by TLS')
  await reader.next(({ data }) => data.includes('by TLS'))
})

test('P7: streams stay open during a failover, say so, and go on; posts meanwhile get 503 within their time', async (t) => {
  const args = [...FSYNC_ALWAYS, '--repl-diskless-sync-delay', '0']
  const [primary, replica] = [await RedisServer.start(t, { args }), await RedisServer.start(t, { args })]
  await replica.replicate(primary)
  // On a busy machine a server that runs can be silent for a second or two. It must not be replaced before its time.
  const sentinels = await Sentinels.start(t, primary, 1, { downAfterMs: 3_000 })
  const snug = await SnugProcess.start(t, {
    program: BUNDLE,
    args: ['--port', '0', '--redis', sentinels.url(), '--limits', 'off'],
  })
  const ada = new Visitor(snug.url)
  const reader = await ada.follow('/r/tea/live.json')
  await postTexts(ada, 'tea', 'before')
  await reader.next(({ data }) => data.includes('before'))
  primary.pause()
  await reader.next(({ event }) => event === 'outage')
  const sentAt = performance.now()
  const refused = await ada.post('/r/tea/messages', { text: 'meanwhile' }, { Accept: 'application/json' })
  const tookMs = performance.now() - sentAt
  assert.equal(refused.status, 503)
  assert.ok(tookMs < 2_500, `${tookMs} ms`)
  await eventually(async () => {
    const headers = { Accept: 'application/json' }
    const { status } = await ada.post('/r/tea/messages', { text: 'after', key: 'after' }, headers)
    assert.equal(status, 201)
  })
  // This process may subscribe again later than it posts. What comes between is in a gap.
  await reader.next(({ event, data }) => event === 'outage' && data.includes('"over":true'))
  await postTexts(ada, 'tea', 'live again')
  await reader.next(({ data }) => data.includes('live again'))
})
