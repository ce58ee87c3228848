import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sign } from 'hono/jwt'
import type { Config } from '../../../src/config/config.ts'
import { findName, findTicket, openEmbed } from '../../support/http/embed.ts'
import { makeKeptRoom } from '../../support/http/owner.ts'
import { startServer } from '../../support/http/server.ts'
import { findStreamAddress, Visitor } from '../../support/http/visitor.ts'
import { JumpingClock } from '../../support/jumping-clock.ts'

const SECRET = 'a secret of thirty-two bytes, or more'
const MINUTE = 60

/** A server that knows the users of other sites, and a clock of its own. */
async function start(t: Parameters<typeof startServer>[0], settings: Partial<Config> = {}) {
  const clock = new JumpingClock()
  const { url } = await startServer(t, { embedSecret: SECRET, ...settings }, clock)
  const soon = (seconds = MINUTE) => Math.floor(clock.now() / 1000) + seconds
  let made = 0
  const token = (claims: Record<string, unknown> = {}, secret = SECRET, alg: 'HS256' | 'HS512' = 'HS256') =>
    sign({ sub: 'user-7', name: 'Ada', room: 'tea', exp: soon(), jti: `${made++}`, ...claims }, secret, alg)
  const open = (visitor: Visitor, jwt: string, more = '', room = 'tea') =>
    visitor.get(`/embed/${room}?token=${jwt}${more}`)
  return { url, clock, soon, token, open }
}

const says = async (response: Response) => {
  const [, sentence] = /<p>([^<]+)<\/p>/.exec(await response.text()) ?? []
  return [response.status, sentence] as const
}

test('whom the page around a room names is in it by that name, verified, without any sign-in', async (t) => {
  const { url, token, open } = await start(t)
  const visitor = new Visitor(url)
  const html = await (await open(visitor, await token({ role: 'moderator' }))).text()
  assert.equal(findName(html), 'Ada')
  // The name is for the page around it to change.
  assert.doesNotMatch(html, /class="name"/)
  const stream = await visitor.follow(findStreamAddress(html))
  const posted = await visitor.post(
    `/embed/tea/messages?ticket=${findTicket(html)}`,
    { text: 'hello' },
    { Accept: 'application/json' },
  )
  const { author } = (await posted.json()) as { author: { name: string; verified: boolean } }
  assert.deepEqual([author.name, author.verified], ['Ada', true])
  const { data } = await stream.next((event) => event.data.includes('hello'))
  assert.match(data, /<bdi>Ada<\/bdi><span class="verified" role="img" aria-label="verified"/)
})

test('the same user is the same member each time and in each browser, and another user another', async (t) => {
  const { url, token, open } = await start(t)
  const me = async (jwt: string) =>
    /data-own-tag="(\w+)"/.exec(await (await open(new Visitor(url), jwt)).text())?.[1]
  const first = await me(await token())
  assert.equal(await me(await token()), first)
  assert.notEqual(await me(await token({ sub: 'user-8', name: 'Bob' })), first)
})

test('a name that another holds is theirs: who is named like them gets nearly that, and is verified as that', async (t) => {
  const { url, token, open } = await start(t)
  const squatter = new Visitor(url)
  const theirs = await openEmbed(squatter)
  await squatter.post(`/embed/tea/name?ticket=${theirs.ticket}`, { name: 'Ada' })
  const said = await squatter.post(
    `/embed/tea/messages?ticket=${theirs.ticket}`,
    { text: 'I am Ada' },
    { Accept: 'application/json' },
  )
  assert.equal(((await said.json()) as { author: { verified: boolean } }).author.verified, false)
  const visitor = new Visitor(url)
  const html = await (await open(visitor, await token())).text()
  assert.equal(findName(html), 'Ada 2')
  const posted = await visitor.post(
    `/embed/tea/messages?ticket=${findTicket(html)}`,
    { text: 'hello' },
    { Accept: 'application/json' },
  )
  const { author } = (await posted.json()) as { author: { name: string; verified: boolean } }
  assert.deepEqual([author.name, author.verified], ['Ada 2', true])
  // Nobody answers for what they call themselves.
  const own = await visitor.post(`/embed/tea/name?ticket=${findTicket(html)}`, { name: 'Root' })
  const again = await visitor.post(
    `/embed/tea/messages?ticket=${findTicket(own.headers.get('Location') ?? '')}`,
    { text: 'I am root' },
    { Accept: 'application/json' },
  )
  assert.equal(((await again.json()) as { author: { verified: boolean } }).author.verified, false)
})

test('what is forged, over, too long, for another room or says too little is refused with a sentence', async (t) => {
  const { url, soon, token, open } = await start(t)
  const refused: [string, number, RegExp][] = [
    ['x', 403, /can’t be trusted/],
    [await token({}, 'another secret of thirty-two bytes!'), 403, /can’t be trusted/],
    [await token({}, SECRET, 'HS512'), 403, /can’t be trusted/],
    [`${(await token()).split('.').slice(0, 2).join('.')}.`, 403, /can’t be trusted/],
    [unsigned({ sub: 'user-7', name: 'Ada', room: 'tea', exp: soon() }), 403, /can’t be trusted/],
    [await token({ room: 'milk' }), 403, /is for another room/],
    [await token({ room: undefined }), 403, /is for another room/],
    [await token({ exp: soon(-MINUTE) }), 403, /open too long/],
    [await token({ exp: undefined }), 403, /must expire/],
    [await token({ exp: soon(11 * MINUTE) }), 403, /10 minutes at most/],
    [await token({ nbf: soon(5 * MINUTE) }), 403, /not valid yet/],
    [await token({ sub: '' }), 403, /who the reader is/],
    [await token({ sub: 7 }), 403, /who the reader is/],
    [await token({ role: 'owner' }), 403, /a role that there is not/],
    [await token({ name: undefined }), 422, /A name needs/],
    [await token({ name: 'x'.repeat(40) }), 422, /32 characters/],
  ]
  for (const [jwt, status, sentence] of refused) {
    const response = await open(new Visitor(url), jwt, '&theme=dark')
    assert.match(response.headers.get('Content-Security-Policy') ?? '', /frame-ancestors \*/)
    assert.deepEqual(response.headers.getSetCookie(), [])
    const [said, why] = await says(response)
    assert.equal(said, status, jwt)
    assert.match(why ?? '', sentence, jwt)
  }
  const elsewhere = await open(new Visitor(url), await token(), '', 'milk')
  assert.equal(elsewhere.status, 403)
})

test('a token is good once; its own page may be reloaded with it, by its cookie or its ticket', async (t) => {
  const { url, clock, token, open } = await start(t)
  const visitor = new Visitor(url)
  const jwt = await token()
  const html = await (await open(visitor, jwt)).text()
  assert.match((await says(await open(new Visitor(url), jwt)))[1] ?? '', /was already used/)
  assert.equal(findName(await (await open(visitor, jwt)).text()), 'Ada')
  assert.equal(
    findName(await (await open(new Visitor(url), jwt, `&ticket=${findTicket(html)}`)).text()),
    'Ada',
  )
  clock.advance(3_600_000)
  assert.equal(findName(await (await open(visitor, jwt)).text()), 'Ada')
  assert.equal(
    findName(await (await open(new Visitor(url), jwt, `&ticket=${findTicket(html)}`)).text()),
    'Ada',
  )
  assert.match((await says(await open(new Visitor(url), jwt)))[1] ?? '', /open too long/)
  clock.advance(13 * 3_600_000)
  assert.equal((await open(visitor, jwt)).status, 403)
  // What has no id of its own is known by all of it.
  const plain = await token({ jti: undefined })
  assert.equal((await open(new Visitor(url), plain)).status, 200)
  assert.equal((await open(new Visitor(url), plain)).status, 403)
})

test('a browser in which another user came before is none of theirs', async (t) => {
  const { url, token, open } = await start(t)
  const visitor = new Visitor(url)
  const ada = await (await open(visitor, await token())).text()
  const bob = await token({ sub: 'user-8', name: 'Bob' })
  const html = await (await open(visitor, bob, `&ticket=${findTicket(ada)}`)).text()
  assert.equal(findName(html), 'Bob')
  // Without a token, whoever comes next is nobody that the page around named.
  const { name, html: anonymous } = await openEmbed(visitor)
  assert.ok(!['Ada', 'Bob'].includes(name))
  assert.match(anonymous, /class="name"/)
})

test('an owner’s secret names people in their room alone, is shown to them and can be made anew', async (t) => {
  const { url, token, open } = await start(t, { embedSecret: undefined })
  assert.match((await says(await open(new Visitor(url), await token())))[1] ?? '', /accepts no names/)
  const owner = new Visitor(url)
  await makeKeptRoom(owner)
  const make = async (secret: string) => {
    await owner.post('/r/tea/embedding', { origins: '', secret })
    return /id="secret" value="([^"]+)"/.exec(await (await owner.get('/r/tea/settings')).text())?.[1]
  }
  const first = (await make('new')) ?? assert.fail()
  assert.ok(first.length >= 32)
  assert.equal(await make(''), first)
  assert.equal((await open(new Visitor(url), await token({}, first))).status, 200)
  assert.equal((await open(new Visitor(url), await token({ room: 'milk' }, first), '', 'milk')).status, 403)
  const second = (await make('new')) ?? assert.fail()
  assert.notEqual(second, first)
  assert.equal((await open(new Visitor(url), await token({}, first))).status, 403)
  assert.equal((await open(new Visitor(url), await token({}, second))).status, 200)
  assert.equal(await make('none'), undefined)
  assert.equal((await open(new Visitor(url), await token({}, second))).status, 403)
})

function unsigned(claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part({ alg: 'none', typ: 'JWT' })}.${part(claims)}.`
}
