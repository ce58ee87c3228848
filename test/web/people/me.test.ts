import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startServer } from '../../support/http/server.ts'
import { SseReader } from '../../support/http/sse-reader.ts'
import { Visitor } from '../../support/http/visitor.ts'

const DAY_MS = 86_400_000

interface Me {
  readonly since: string | null
  readonly until: string | null
  readonly rooms: readonly { readonly room: string; readonly name: string }[]
  readonly wishes: readonly { readonly room: string; readonly name: string }[]
}

const UNKNOWN: Me = { since: null, until: null, rooms: [], wishes: [] }

/** The Set-Cookie headers without the ids of the server's key. */
function withoutKeys(response: Response): string[] {
  return response.headers.getSetCookie().map((set) => set.replace(/\.[\w-]{10}=/, '='))
}

async function readMe(visitor: Visitor): Promise<Me> {
  const response = await visitor.get('/me', { Accept: 'application/json' })
  assert.equal(response.status, 200)
  return response.json() as Promise<Me>
}

test('viewing /me creates no session', async (t) => {
  const { url } = await startServer(t)
  const ada = new Visitor(url)
  const response = await ada.get('/me')
  assert.deepEqual([response.status, response.headers.getSetCookie()], [200, []])
  const html = await response.text()
  assert.match(html, /Snug knows nothing about this browser/)
  assert.doesNotMatch(html, /Forget me/)
  assert.deepEqual(await readMe(ada), UNKNOWN)
  assert.equal(ada.cookie, '')
  ada.cookie = 'snug=x.0.1.1.forged'
  assert.deepEqual(await readMe(ada), UNKNOWN)
})

test('/me shows a browser its session and the names that it holds', async (t) => {
  const { url } = await startServer(t)
  const [ada, ben] = [new Visitor(url), new Visitor(url)]
  const streams = [await ada.enter('tea'), await ben.enter('tea'), await ben.enter('milk')]
  await Promise.all(streams.map((stream) => stream.next(({ event }) => event === 'open')))
  const posted = await ada.post('/r/äther/messages', { text: 'hello' }, { Accept: 'application/json' })
  const { author } = (await posted.json()) as { author: { name: string } }

  const { since, until, rooms } = await readMe(ada)
  assert.equal(Date.parse(until ?? '') - Date.parse(since ?? ''), 30 * DAY_MS)
  assert.ok(Math.abs(Date.parse(since ?? '') - Date.now()) < 60_000)
  assert.deepEqual(
    rooms.map(({ room }) => room),
    ['tea', 'äther'],
  )
  assert.equal(rooms[1]?.name, author.name)
  const html = await (await ada.get('/me')).text()
  assert.ok(html.includes(`<a href="/r/%C3%A4ther"><bdi>äther</bdi></a><bdi>${author.name}</bdi>`), html)
  assert.ok(html.includes(`<time datetime="${since}">`))
  assert.doesNotMatch(html, /milk/)
  await Promise.all(streams.map((stream) => stream.close()))
})

test('forgetting a browser frees its names, ends its streams and its session, and affects nobody else', async (t) => {
  const { url } = await startServer(t)
  const [ada, ben] = [new Visitor(url), new Visitor(url)]
  const adas = [await ada.enter('tea'), await ada.enter('milk')]
  const bens = await ben.enter('tea')
  await Promise.all([...adas, bens].map((stream) => stream.next(({ event }) => event === 'open')))
  await bens.next(({ event, data }) => event === 'here' && JSON.parse(data).count === 2)
  const { cookie } = ada

  const response = await ada.post('/me/forget', {})
  assert.deepEqual([response.status, response.headers.get('Location')], [303, '/me?forgotten'])
  assert.deepEqual(withoutKeys(response), [
    'snug=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax',
    'snug-names=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax',
    'snug-embed=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax',
    'snug-embed-names=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax',
  ])
  assert.equal(response.headers.get('Clear-Site-Data'), '"storage"')
  for (const stream of adas) {
    await stream.ended
    assert.equal(stream.events.at(-1)?.event, 'rotate')
  }
  await bens.next(({ event, data }) => event === 'here' && JSON.parse(data).count === 1)
  assert.match(await (await ada.get('/me?forgotten')).text(), /role="status">Done: /)
  assert.deepEqual(await readMe(ada), UNKNOWN)
  ada.cookie = cookie
  assert.deepEqual((await readMe(ada)).rooms, [], 'its names are free again')
  assert.deepEqual(
    (await readMe(ben)).rooms.map(({ room }) => room),
    ['tea'],
  )
  await ben.post('/r/tea/messages', { text: 'still here' })
  await bens.next(({ data }) => data.includes('still here'))
  await bens.close()
})

test('forgetting works without a session, and is never confirmed to a browser with one', async (t) => {
  const { url } = await startServer(t)
  const ada = new Visitor(url)
  assert.equal((await ada.post('/me/forget', {})).status, 303)
  await ada.get('/')
  assert.doesNotMatch(await (await ada.get('/me?forgotten')).text(), /Done:/)
})

test('no other site can make Snug forget somebody', async (t) => {
  const { url } = await startServer(t)
  const ada = new Visitor(url)
  await ada.post('/r/tea/messages', { text: 'hello' })
  const foreign = await ada.post('/me/forget', {}, { Origin: 'http://evil.example' })
  assert.equal(foreign.status, 403)
  assert.deepEqual([foreign.headers.getSetCookie(), foreign.headers.get('Clear-Site-Data')], [[], null])
  assert.equal((await readMe(ada)).rooms.length, 1)
  assert.equal((await ada.get('/me/forget')).status, 405)
})

test('forgetting over https expires the cookie that was set', async (t) => {
  const { url } = await startServer(t, { baseUrl: 'https://chat.example' })
  const ada = new Visitor(url)
  await ada.get('/')
  assert.match(ada.cookie, /^__Host-snug\./)
  const response = await ada.post('/me/forget', {}, { Origin: 'https://chat.example' })
  assert.deepEqual(withoutKeys(response), [
    '__Host-snug=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax; Secure',
    'snug-names=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax; Secure',
    '__Host-snug-embed=; Path=/; Max-Age=0; HttpOnly; SameSite=None; Secure; Partitioned',
    '__Host-snug-embed-names=; Path=/; Max-Age=0; HttpOnly; SameSite=None; Secure; Partitioned',
  ])
})

test('request headers that are too long get 431, and the server keeps working', async (t) => {
  const { url } = await startServer(t)
  const many = Array.from({ length: 900 }, (_, number) => `snug=forged.0.1.${number}.x`).join('; ')
  for (const path of ['/', '/me', '/r/tea/events']) {
    const response = await fetch(url + path, { headers: { Cookie: many } })
    assert.equal(response.status, 431, path)
    await response.text()
  }
  const planted = many.slice(0, 12_000)
  assert.equal((await fetch(`${url}/me`, { headers: { Cookie: planted } })).status, 200)
  const stream = await SseReader.open(`${url}/r/tea/events`, { Cookie: planted })
  assert.equal(stream.response.status, 200)
  await stream.close()
})
