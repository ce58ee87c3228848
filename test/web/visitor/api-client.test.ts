import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NO_LIMITS } from '../../../src/config/limit-flags.ts'
import { parseAddressRanges } from '../../../src/config/proxy-flags.ts'
import { makeKeptRoom } from '../../support/http/owner.ts'
import { requestFrom } from '../../support/http/request-from.ts'
import { startServer } from '../../support/http/server.ts'
import { SseReader } from '../../support/http/sse-reader.ts'
import { Visitor } from '../../support/http/visitor.ts'

interface MessageBody {
  readonly id: string
  readonly author: { readonly name: string; readonly tag: string }
}

const EVERYWHERE = { host: '0.0.0.0' }

/** Posts without a cookie from a loopback address. */
async function say(
  url: string,
  query: string,
  from = '127.0.0.1',
  headers: Record<string, string> = {},
  fields: Record<string, string> = { text: 'hi' },
): Promise<MessageBody> {
  const asJson = { Accept: 'application/json', ...headers }
  const {
    status,
    headers: answered,
    body,
  } = await requestFrom(from, `${url}/r/tea/messages${query}`, asJson, fields)
  assert.equal(status, 201, body)
  assert.equal(answered['set-cookie'], undefined)
  return JSON.parse(body)
}

test('a program with the same name and address is the same member, and no other program is', async (t) => {
  const { url } = await startServer(t, { ...EVERYWHERE, nameHold: 0 })
  const tagOf = async (...where: [query: string, from?: string]) => (await say(url, ...where)).author.tag
  const ada = await tagOf('?name=Ada')
  assert.equal(await tagOf('?name=ada'), ada)
  const others = [
    await tagOf('?name=Ben'),
    await tagOf(''),
    await tagOf('?name=Eve', '127.0.0.2'),
    await tagOf('', '127.0.0.2'),
  ]
  assert.equal(new Set([ada, ...others]).size, 5)
  assert.equal(await tagOf(''), others[1])
  assert.equal((await say(url, '?name=Ada')).author.name, 'Ada')
})

test('P5: a repeat with the key of the same program is one message, which only that program can change', async (t) => {
  const { url } = await startServer(t, EVERYWHERE)
  await makeKeptRoom(new Visitor(url))
  const post = (query: string) => say(url, query, '127.0.0.1', {}, { text: 'once', key: 'one' })
  const { id } = await post('?name=Ada')
  assert.equal((await post('?name=Ada')).id, id)
  assert.notEqual((await post('?name=Ben')).id, id)
  const change = async (from: string, query: string) =>
    (await requestFrom(from, `${url}/r/tea/messages/${id}${query}`, {}, { text: 'changed' })).status
  assert.equal(await change('127.0.0.1', '?name=Ben'), 403)
  assert.equal(await change('127.0.0.2', '?name=Ada'), 403)
  assert.equal(await change('127.0.0.1', ''), 403)
  assert.equal(await change('127.0.0.1', '?name=Ada'), 200)
  const erased = await fetch(`${url}/r/tea/messages/${id}?name=Ada`, { method: 'DELETE' })
  assert.equal(erased.status, 204)
})

test('a name held by another program is refused, and free again when that program leaves', async (t) => {
  const { url } = await startServer(t, EVERYWHERE)
  await say(url, '?name=Ada')
  const post = (from: string) => requestFrom(from, `${url}/r/tea/messages?name=Ada`, {}, { text: 'hi' })
  const refused = await post('127.0.0.2')
  assert.equal(refused.status, 409)
  assert.match(refused.body, /^“Ada” is taken here/)
  const left = await fetch(`${url}/r/tea/leave?name=Ada`, { method: 'POST' })
  assert.equal(left.status, 204)
  assert.equal((await post('127.0.0.2')).status, 201)
})

test('behind a proxy a program is identified by its forwarded address', async (t) => {
  const trusting = await startServer(t, { trustedProxy: parseAddressRanges('loopback') })
  const tagOf = async (url: string, forwardedFor: string) =>
    (await say(url, '', '127.0.0.1', { 'X-Forwarded-For': forwardedFor })).author.tag
  const one = await tagOf(trusting.url, '2001:db8:0:7::1')
  assert.equal(await tagOf(trusting.url, '6.6.6.6, 2001:db8:0:7::2'), one)
  assert.notEqual(await tagOf(trusting.url, '2001:db8:0:8::1'), one)
  // An untrusted proxy can have anybody behind it.
  const { url } = await startServer(t)
  assert.equal(await tagOf(url, '198.51.100.1'), await tagOf(url, '198.51.100.1'))
  assert.notEqual(await tagOf(url, '198.51.100.1'), await tagOf(url, '198.51.100.2'))
})

test('PowerShell is a program, although its name begins as that of a browser', async (t) => {
  const { url } = await startServer(t)
  for (const version of ['WindowsPowerShell/5.1.19041.4412', 'PowerShell/7.4.1']) {
    const headers = { 'User-Agent': `Mozilla/5.0 (Windows NT; Windows NT 10.0; en-US) ${version}` }
    const post = async () =>
      (
        await fetch(`${url}/r/tea/messages?name=Ada`, {
          method: 'POST',
          headers,
          body: new URLSearchParams({ text: 'hi' }),
        })
      ).text()
    assert.match(await post(), /^Posted as Ada /)
    assert.match(await post(), /^Posted as Ada /)
    assert.match(await (await fetch(`${url}/r/tea`, { headers })).text(), /curl -d text=/)
  }
})

test('a browser is never taken for a program, whatever name is in the address', async (t) => {
  const { url } = await startServer(t)
  const [ada, ben] = [new Visitor(url), new Visitor(url)]
  const authorOf = async (visitor: Visitor, query = '') => {
    const answer = await visitor.post(
      `/r/tea/messages${query}`,
      { text: 'hi' },
      { Accept: 'application/json' },
    )
    assert.equal(answer.status, 201)
    return ((await answer.json()) as MessageBody).author
  }
  assert.notEqual((await authorOf(ada)).tag, (await authorOf(ben)).tag)
  assert.notEqual(ada.cookie, '')
  assert.equal((await authorOf(ada, '?name=Eve')).name, (await authorOf(ada)).name)
  // A page of another site can make a browser send these, without cookies.
  for (const sent of [{ 'Sec-Fetch-Site': 'cross-site' }, { 'User-Agent': 'Mozilla/5.0' }])
    for (const leaf of ['people', 'live.ndjson']) {
      const abort = new AbortController()
      await fetch(`${url}/r/tea/${leaf}?name=Eve`, { headers: { ...sent }, signal: abort.signal })
      abort.abort()
    }
  const people = await fetch(`${url}/r/tea/people`, { headers: { Accept: 'application/json' } })
  assert.deepEqual(await people.json(), { count: 0, people: [] })
})

test('P11: a program that opens streams under too many names gets `busy`', async (t) => {
  const limit = { member: undefined, address: { count: 2, windowMs: 3_600_000 } }
  const { url } = await startServer(t, { limits: { ...NO_LIMITS, name: limit } })
  const events: (string | undefined)[] = []
  for (const name of ['Ada', 'Ben', 'Eve']) {
    const reader = await SseReader.open(`${url}/r/tea/live.json?name=${name}`)
    assert.equal(reader.response.status, 200)
    events.push((await reader.next(() => true)).event)
    await reader.close()
  }
  assert.deepEqual(events, ['open', 'open', 'busy'])
})

test('a 405 lists the methods that the address supports', async (t) => {
  const { url } = await startServer(t)
  const request = async (method: string, path: string) => {
    const { status, headers } = await fetch(url + path, { method, headers: { Accept: 'application/json' } })
    return [status, headers.get('Allow')?.split(', ').sort().join(' ')]
  }
  assert.deepEqual(await request('DELETE', '/r/tea'), [405, 'GET HEAD'])
  assert.deepEqual(await request('PUT', '/r/tea/messages'), [405, 'GET HEAD POST'])
  assert.deepEqual(await request('DELETE', '/r/tea/live.json'), [405, 'GET HEAD'])
  assert.deepEqual(await request('GET', '/r/tea/leave'), [405, 'POST'])
  assert.deepEqual(await request('POST', '/nothing'), [404, undefined])
  const answer = await fetch(`${url}/r/tea`, { method: 'DELETE', headers: { Accept: 'application/json' } })
  assert.deepEqual(await answer.json(), {
    error: { code: 'no-such-method', message: 'DELETE is not allowed at this address. Allowed: GET, HEAD.' },
  })
  const stream = await fetch(`${url}/r/%21/live.ndjson`)
  assert.equal(stream.headers.get('Content-Type'), 'application/json')
  assert.equal(((await stream.json()) as { error: { code: string } }).error.code, 'not-found')
})
