import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { createSecrets } from '../../../src/secrets/secrets.ts'
import { generateSessionKeys, rotateSessionKeys } from '../../../src/secrets/session-keys.ts'
import { systemClock } from '../../../src/system/clock.ts'
import { Sessions } from '../../../src/web/visitor/session.ts'
import { TestClock } from '../../support/clock.ts'
import { makeKeptRoom } from '../../support/http/owner.ts'
import { startServer } from '../../support/http/server.ts'
import { Visitor } from '../../support/http/visitor.ts'

const HOUR_MS = 3_600_000

/** One browser that visits several servers on one host. Cookies ignore ports (RFC 6265 §8.5). */
class Browser {
  #cookie = ''

  async visit<Result>(url: string, act: (visitor: Visitor) => Promise<Result>): Promise<Result> {
    const visitor = new Visitor(url)
    visitor.cookie = this.#cookie
    const result = await act(visitor)
    this.#cookie = visitor.cookie
    return result
  }

  get cookie(): string {
    return this.#cookie
  }
}

async function startTwo(
  t: TestContext,
  settings: Parameters<typeof startServer>[1] = {},
): Promise<[string, string]> {
  const servers = [await startServer(t, settings), await startServer(t, settings)]
  return [servers[0]?.url ?? '', servers[1]?.url ?? '']
}

async function readRooms(visitor: Visitor): Promise<unknown> {
  const me = (await (await visitor.get('/me', { Accept: 'application/json' })).json()) as {
    rooms: unknown
    wishes: unknown
  }
  return [me.rooms, me.wishes]
}

for (const secure of [false, true]) {
  const baseUrl = secure ? 'https://chat.example' : undefined
  test(`two servers on one host keep a browser's name, messages and room apart, secure: ${secure}`, async (t) => {
    const servers = await startTwo(t, { baseUrl })
    const browser = new Browser()
    const headers = { Accept: 'application/json', ...(baseUrl && { Origin: baseUrl }) }
    const posted: string[] = []
    for (const [at, url] of servers.entries()) {
      await browser.visit(url, async (visitor) => {
        await visitor.get('/r/tea')
        const made = await visitor.post('/rooms', { room: 'tea', kind: 'kept' }, headers)
        assert.equal(made.status, 201)
        assert.equal((await visitor.post('/r/tea/name', { name: `Ada ${at}` }, headers)).status, 200)
        const message = await visitor.post('/r/tea/messages', { text: 'helo' }, headers)
        posted.push(((await message.json()) as { id: string }).id)
      })
    }
    for (const [at, url] of servers.entries()) {
      await browser.visit(url, async (visitor) => {
        const [rooms, wishes] = (await readRooms(visitor)) as [[{ name: string }], [{ name: string }]]
        assert.deepEqual([rooms[0].name, wishes[0].name], [`Ada ${at}`, `Ada ${at}`])
        const edited = await visitor.post(`/r/tea/messages/${posted[at]}`, { text: 'hello' }, headers)
        assert.equal(edited.status, 200)
        assert.equal((await visitor.get('/r/tea/settings', { Accept: 'application/json' })).status, 200)
      })
    }
    // Leaving the first server ends nothing on the second.
    await browser.visit(servers[0], async (visitor) => {
      await visitor.post('/r/tea/disown', {}, headers)
      await visitor.post('/me/forget', {}, headers)
      assert.deepEqual(await readRooms(visitor), [[], []])
      assert.equal((await visitor.get('/r/tea/settings', { Accept: 'application/json' })).status, 403)
    })
    await browser.visit(servers[1], async (visitor) => {
      assert.equal((await visitor.get('/r/tea/settings', { Accept: 'application/json' })).status, 200)
      const [rooms] = (await readRooms(visitor)) as [[{ name: string }]]
      assert.equal(rooms[0].name, 'Ada 1')
    })
  })
}

test('the cookies of embeds are kept apart as well', async (t) => {
  const servers = await startTwo(t)
  const browser = new Browser()
  for (const url of servers) await browser.visit(url, (visitor) => visitor.get('/embed/tea'))
  const { cookie } = browser
  assert.equal(cookie.split('; ').length, 2)
  for (const url of servers) await browser.visit(url, (visitor) => visitor.get('/embed/tea'))
  assert.equal(browser.cookie, cookie)
})

test('a server that is restarted with its keys on another port keeps sessions, also those of earlier versions', async (t) => {
  const keys = generateSessionKeys()
  const start = (secrets = createSecrets(keys)) => startServer(t, {}, systemClock, undefined, secrets)
  const [before, after] = [await start(), await start()]
  const browser = new Browser()
  await browser.visit(before.url, (visitor) => visitor.get('/r/tea'))
  const { cookie } = browser
  await browser.visit(after.url, (visitor) => visitor.get('/r/tea'))
  assert.equal(browser.cookie, cookie)
  // Earlier versions named their cookies without the key.
  const old = new Visitor(after.url)
  const value = cookie.replace(/^[^=]*=/, '')
  old.cookie = `snug=${value}; snug-names=tea=Ada`
  await old.get('/r/tea')
  assert.match(old.cookie, /snug\.[\w-]{10}=.*snug-names\.[\w-]{10}=tea=Ada/)
  assert.equal(/snug\.[\w-]{10}=([\w-]+)/.exec(old.cookie)?.[1], value.split('.')[0])
  await old.post('/me/forget', {})
  assert.equal(old.cookie, '')
  // Another server's session of an earlier version is not ours to end.
  const foreign = new Visitor(after.url)
  foreign.cookie = 'snug=x.0.1.1.forged; snug-names=tea=Bea'
  await foreign.get('/r/tea')
  await foreign.post('/me/forget', {})
  assert.equal(foreign.cookie, 'snug=x.0.1.1.forged; snug-names=tea=Bea')
})

test('sessions and names survive any number of rotations, and are the newest of several', () => {
  let keys = generateSessionKeys()
  const clock = new TestClock()
  const sessionsOf = () => new Sessions(clock, createSecrets(keys), false)
  const jar = new Map<string, string>()
  const store = (cookies: readonly string[]) => {
    for (const set of cookies) {
      const [name = '', value = ''] = (set.split(';')[0] ?? '').split(/=(.*)/)
      jar.set(name, value)
    }
  }
  const header = () => [...jar].map((pair) => pair.join('=')).join('; ')
  const first = sessionsOf().open(undefined)
  store(first.setCookies)
  jar.set(sessionsOf().cookieName.replace('snug', 'snug-names'), 'tea=Ada')
  for (let rotation = 0; rotation < 4; rotation++) {
    keys = rotateSessionKeys(keys)
    clock.advance(HOUR_MS)
    const { session, setCookies } = sessionsOf().open(header())
    assert.equal(session.member.id, first.session.member.id)
    store(setCookies)
    assert.deepEqual([...(sessionsOf().preferredNames.read(header()) ?? [])], [['tea', 'Ada']])
    // A process that does not sign with the newest key yet must see a tag that another process changed.
    const { current, former } = keys
    const lagging = new Sessions(
      clock,
      createSecrets({ current: former ?? '', former: undefined, next: current }),
      false,
    )
    const left = sessionsOf().cookieAfterLeaving(session)
    store([left])
    assert.equal(lagging.read(header())?.member.tagVersion, session.member.tagVersion + 1)
  }
})

test('however many servers ran on a host, the cookies of those visited last remain and fit in a request', () => {
  const clock = new TestClock()
  const jar = new Map<string, string>()
  const header = () => [...jar].map((pair) => pair.join('=')).join('; ')
  let recent: Sessions | undefined
  for (let server = 0; server < 300; server++) {
    clock.advance(HOUR_MS / 10)
    const sessions = new Sessions(clock, createSecrets(generateSessionKeys()), server % 2 === 0)
    for (const set of sessions.open(header()).setCookies) {
      const [name = '', value = ''] = (set.split(';')[0] ?? '').split(/=(.*)/)
      if (/; Max-Age=0\b/.test(set)) jar.delete(name)
      else jar.set(name, value)
    }
    jar.set(sessions.cookieName.replace(/^(?:__Host-)?snug/, 'snug-names'), 'tea=Ada')
    assert.ok(sessions.read(header()))
    if (recent) assert.ok(recent.read(header()), 'the server visited before')
    recent = sessions
    assert.ok(header().length < 8_000, `${header().length} bytes after ${server} servers`)
  }
  assert.ok(jar.size > 20)
})

test('an owner’s cookie of an earlier version still counts, and owners of many servers’ rooms stay owners', async (t) => {
  const { url } = await startServer(t)
  const owner = new Visitor(url)
  const link = await makeKeptRoom(owner)
  const old = new Visitor(url)
  old.cookie = `snug-owner=${link.split('/').at(-1)}`
  assert.equal((await old.get('/r/tea/settings')).status, 200)
  const many = new Visitor(url)
  many.cookie = Array.from({ length: 30 }, (_, at) => `snug-owner.${String(at).padStart(10, '0')}=x`).join(
    '; ',
  )
  await many.get(link)
  assert.ok(many.cookie.split('; ').length <= 13, many.cookie)
  assert.equal((await many.get('/r/tea/settings')).status, 200)
})
