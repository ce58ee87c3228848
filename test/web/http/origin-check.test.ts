import assert from 'node:assert/strict'
import { hostname } from 'node:os'
import { test } from 'node:test'
import { Refusal } from '../../../src/chat/refusal.ts'
import { checkOrigin, type OriginHeaders } from '../../../src/web/http/origin-check.ts'
import { openEmbed } from '../../support/http/embed.ts'
import { requestFrom } from '../../support/http/request-from.ts'
import { startServer } from '../../support/http/server.ts'
import { Visitor } from '../../support/http/visitor.ts'

const NOTHING: OriginHeaders = {
  secFetchSite: undefined,
  origin: undefined,
  host: undefined,
  hasCookie: false,
}

function passes(headers: Partial<OriginHeaders>, baseUrl?: string): boolean {
  try {
    checkOrigin({ ...NOTHING, ...headers }, baseUrl)
    return true
  } catch (error) {
    assert.ok(error instanceof Refusal && error.code === 'forbidden')
    return false
  }
}

test('a post from one of Snug’s own pages is accepted at every address of this machine', () => {
  assert.ok(passes({ secFetchSite: 'same-origin', hasCookie: true }))
  assert.ok(passes({ secFetchSite: 'none', hasCookie: true }))
  for (const host of [
    '127.0.0.1:8000',
    '192.168.1.7:8000',
    '[::1]:8000',
    '[fd00::2]',
    'localhost:8000',
    'LOCALHOST:8000',
    'laptop.local:8000',
    `${hostname()}:8000`,
  ]) {
    assert.ok(
      passes({ origin: `http://${host.toLowerCase()}`, host: host.toLowerCase(), hasCookie: true }),
      host,
    )
  }
})

test('a post from another site is refused, with or without a cookie', () => {
  for (const hasCookie of [true, false]) {
    for (const origin of [
      'http://evil.example',
      'null',
      'http://127.0.0.1:9000',
      'https://127.0.0.1.evil.example',
    ]) {
      assert.equal(passes({ origin, host: '127.0.0.1:8000', hasCookie }), false, origin)
      assert.equal(
        passes({ origin, secFetchSite: 'cross-site', host: '127.0.0.1:8000', hasCookie }),
        false,
        origin,
      )
    }
    assert.equal(passes({ secFetchSite: 'cross-site', hasCookie }), false)
    assert.equal(passes({ secFetchSite: 'same-site', hasCookie }), false)
  }
})

test('a foreign host name that resolves to this machine is refused, which stops DNS rebinding', () => {
  assert.equal(
    passes({ origin: 'http://evil.example:8000', host: 'evil.example:8000', hasCookie: true }),
    false,
  )
  assert.equal(passes({ origin: 'http://local:8000', host: 'local:8000', hasCookie: true }), false)
})

test('only the origin of the base URL is accepted if there is one', () => {
  const baseUrl = 'https://chat.example.org'
  assert.ok(passes({ origin: baseUrl, host: 'internal:8000', hasCookie: true }, baseUrl))
  assert.equal(passes({ origin: 'http://chat.example.org', host: 'chat.example.org' }, baseUrl), false)
  assert.equal(passes({ origin: 'http://127.0.0.1:8000', host: '127.0.0.1:8000' }, baseUrl), false)
})

test('a program without an Origin header is accepted only without a cookie', () => {
  assert.ok(passes({}))
  assert.equal(passes({ hasCookie: true }), false)
})

test('a post from another origin is answered with 403 and a sentence, and posts nothing', async (t) => {
  const { url } = await startServer(t)
  const visitor = new Visitor(url)
  const stream = await visitor.enter('tea')
  for (const path of ['/r/tea/messages', '/rooms']) {
    const response = await visitor.post(
      path,
      { text: 'forged', room: 'tea' },
      { Origin: 'http://evil.example' },
    )
    assert.equal(response.status, 403)
    assert.match(await response.text(), /Posts from http:\/\/evil\.example are not accepted/)
  }
  await visitor.post('/r/tea/messages', { text: 'mine' })
  await stream.next(({ data }) => data.includes('mine'))
  assert.equal(stream.messages.length, 1)
  await stream.close()
})

test('a text browser, which sends no Origin, is accepted only with a Referer of Snug’s own pages', async (t) => {
  const { url } = await startServer(t)
  const visitor = new Visitor(url)
  await visitor.get('/r/tea')
  const post = async (headers: Record<string, string>) =>
    (
      await requestFrom(
        '127.0.0.1',
        `${url}/r/tea/messages`,
        { Cookie: visitor.cookie, ...headers },
        { text: 'hi' },
      )
    ).status
  assert.equal(await post({ Referer: `${url}/r/tea/log` }), 201)
  for (const referer of ['http://evil.example/', 'http://127.0.0.1:9/r/tea', 'about:blank', 'x'])
    assert.equal(await post({ Referer: referer }), 403, referer)
  assert.equal(await post({}), 403)
  assert.equal(await post({ Referer: `${url}/`, Origin: 'http://evil.example' }), 403)
  assert.equal(await post({ Referer: `${url}/`, 'Sec-Fetch-Site': 'cross-site' }), 403)
})

test('nothing can be read at a foreign host name without --base-url, which stops DNS rebinding', async (t) => {
  const { url } = await startServer(t)
  const { port, host } = new URL(url)
  const ada = new Visitor(url)
  await ada.get('/r/tea')
  const { ticket } = await openEmbed(ada)
  const foreign = [
    `evil.example:${port}`,
    'evil.example',
    `localhost.evil.example:${port}`,
    `local:${port}`,
    '127.0.0.1.evil.example',
  ]
  const reads = [
    '/',
    '/r/tea',
    '/r/tea/messages',
    '/r/tea/people',
    '/r/tea/log',
    '/me',
    '/embed/tea',
    `/embed/tea/messages?ticket=${ticket}`,
    ...['events', 'live.json', 'live.ndjson', 'live.txt', 'live.html'].map((leaf) => `/r/tea/${leaf}`),
    `/embed/tea/events?ticket=${ticket}`,
  ]
  for (const path of reads)
    for (const name of foreign)
      for (const headers of [{}, { Accept: 'text/html', 'User-Agent': 'Mozilla/5.0', Cookie: ada.cookie }]) {
        const answer = await requestFrom('127.0.0.1', url + path, { ...headers, Host: name })
        assert.equal(answer.status, 403, `${path} at ${name}`)
        assert.match(
          answer.body,
          /does not answer at [\w.:]+\. If that is its own address, start it with --base-url/,
        )
        assert.equal(answer.headers['set-cookie'], undefined)
      }
  // No script of a page can forge a token; for an embed it does not count.
  const bearer = { Host: 'evil.example', Authorization: 'Bearer snug_x' }
  assert.equal((await requestFrom('127.0.0.1', `${url}/r/tea/live.json`, bearer)).status, 401)
  assert.equal(
    (await requestFrom('127.0.0.1', `${url}/embed/tea/events?ticket=${ticket}`, bearer)).status,
    403,
  )
  assert.notEqual((await requestFrom('127.0.0.1', `${url}/embed/tea`, bearer)).status, 200)
  assert.notEqual((await requestFrom('127.0.0.1', `${url}/r/tea`, bearer)).status, 200)
  for (const name of [
    host,
    `localhost:${port}`,
    `[::1]:${port}`,
    `laptop.local:${port}`,
    `${hostname()}:${port}`,
  ])
    assert.equal((await requestFrom('127.0.0.1', `${url}/r/tea`, { Host: name })).status, 200, name)
  // Probes of load balancers and Prometheus, which see nothing that was said.
  for (const path of ['/healthz', '/readyz', '/metrics'])
    assert.equal((await requestFrom('127.0.0.1', url + path, { Host: 'snug' })).status, 200, path)
  // A browser says so over https and to localhost only.
  const proxied = { Host: 'chat.example', 'Sec-Fetch-Site': 'cross-site' }
  assert.equal((await requestFrom('127.0.0.1', `${url}/r/tea`, proxied)).status, 200)
})

test('with --base-url a proxy may pass any host name on', async (t) => {
  const { url } = await startServer(t, { baseUrl: 'https://chat.example' })
  assert.equal((await requestFrom('127.0.0.1', `${url}/r/tea`, { Host: 'internal:8000' })).status, 200)
})
