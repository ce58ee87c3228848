import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sign } from 'hono/jwt'
import type { Config } from '../../../src/config/config.ts'
import { FROM_EMBED, findName, findTicket, openEmbed } from '../../support/http/embed.ts'
import { makeKeptRoom } from '../../support/http/owner.ts'
import { startServer } from '../../support/http/server.ts'
import { findStreamAddress, Visitor } from '../../support/http/visitor.ts'
import { JumpingClock } from '../../support/jumping-clock.ts'

const SECRET = 'a secret of thirty-two bytes, or more'
const MINUTE = 60

/** A server with a secret for host pages, and a clock that the test moves. */
async function start(t: Parameters<typeof startServer>[0], settings: Partial<Config> = {}) {
  const clock = new JumpingClock()
  const { url } = await startServer(t, { embedSecret: SECRET, ...settings }, clock)
  const inSeconds = (seconds = MINUTE) => Math.floor(clock.now() / 1000) + seconds
  let made = 0
  const token = (claims: Record<string, unknown> = {}, secret = SECRET, alg: 'HS256' | 'HS512' = 'HS256') =>
    sign(
      { sub: 'user-7', name: 'Ada', room: 'tea', exp: inSeconds(), jti: `${made++}`, ...claims },
      secret,
      alg,
    )
  const open = (visitor: Visitor, jwt: string, more = '', room = 'tea') =>
    visitor.get(`/embed/${room}?token=${jwt}${more}`, more.includes('ticket=') ? FROM_EMBED : {})
  return { url, clock, inSeconds, token, open }
}

const readFailure = async (response: Response) => {
  const [, sentence] = /<p>([^<]+)<\/p>/.exec(await response.text()) ?? []
  return [response.status, sentence] as const
}

test('a user named by the host page has that name in the room, verified, without any sign-in', async (t) => {
  const { url, token, open } = await start(t)
  const visitor = new Visitor(url)
  const html = await (await open(visitor, await token({ role: 'moderator' }))).text()
  assert.equal(findName(html), 'Ada')
  // Only the host page can change the name.
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

test('a ticket ends with the secret that vouched for it: the room’s, removed or replaced', async (t) => {
  const { url, token, open } = await start(t)
  for (const [room, choice] of [
    ['tea', 'none'],
    ['milk', 'new'],
  ] as const) {
    const owner = new Visitor(url)
    await makeKeptRoom(owner, { room })
    const change = async (secret: string) => {
      const saved = await owner.post(`/r/${room}/embedding`, { secret }, { Accept: 'application/json' })
      return ((await saved.json()) as { secret: string | null }).secret
    }
    const secret = (await change('new')) ?? ''
    const tickets = await Promise.all(
      [secret, SECRET].map(async (signer) => {
        const page = await open(new Visitor(url), await token({ room, sub: signer }, signer), '', room)
        return findTicket(await page.text())
      }),
    )
    const statuses = async (part: string, fields: Record<string, string>) =>
      Promise.all(
        tickets.map(async (ticket) => {
          const headers = { Accept: 'application/json' }
          return (await new Visitor(url).post(`/embed/${room}/${part}?ticket=${ticket}`, fields, headers))
            .status
        }),
      )
    assert.deepEqual(await statuses('ticket', {}), [200, 200])
    await change(choice)
    // The server's own secret still vouches for the second user.
    assert.deepEqual(await statuses('ticket', {}), [403, 200])
    assert.deepEqual(await statuses('messages', { text: 'hello' }), [403, 201])
  }
})

test('a user is the same member on each visit and in each browser; another user is another member', async (t) => {
  const { url, token, open } = await start(t)
  const ownTag = async (jwt: string) =>
    /data-own-tag="(\w+)"/.exec(await (await open(new Visitor(url), jwt)).text())?.[1]
  const first = await ownTag(await token())
  assert.equal(await ownTag(await token()), first)
  assert.notEqual(await ownTag(await token({ sub: 'user-8', name: 'Bob' })), first)
})

test('a user with a name that somebody else holds gets a similar name, and that one is verified', async (t) => {
  const { url, token, open } = await start(t)
  const squatter = new Visitor(url)
  const theirs = await openEmbed(squatter)
  await squatter.post(`/embed/tea/name?ticket=${theirs.ticket}`, { name: 'Ada' })
  const squatted = await squatter.post(
    `/embed/tea/messages?ticket=${theirs.ticket}`,
    { text: 'I am Ada' },
    { Accept: 'application/json' },
  )
  assert.equal(((await squatted.json()) as { author: { verified: boolean } }).author.verified, false)
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
  // A name that the user chooses here is not verified.
  const renamed = await visitor.post(`/embed/tea/name?ticket=${findTicket(html)}`, { name: 'Root' })
  const unverified = await visitor.post(
    `/embed/tea/messages?ticket=${findTicket(renamed.headers.get('Location') ?? '')}`,
    { text: 'I am root' },
    { Accept: 'application/json' },
  )
  assert.equal(((await unverified.json()) as { author: { verified: boolean } }).author.verified, false)
})

test('a token is refused with a sentence if it is forged, expired, too long-lived, for another room or incomplete', async (t) => {
  const { url, inSeconds, token, open } = await start(t)
  const refused: [string, number, RegExp][] = [
    ['x', 403, /can’t be trusted/],
    [await token({}, 'another secret of thirty-two bytes!'), 403, /can’t be trusted/],
    [await token({}, SECRET, 'HS512'), 403, /can’t be trusted/],
    [`${(await token()).split('.').slice(0, 2).join('.')}.`, 403, /can’t be trusted/],
    [unsigned({ sub: 'user-7', name: 'Ada', room: 'tea', exp: inSeconds() }), 403, /can’t be trusted/],
    [await token({ room: 'milk' }), 403, /is for another room/],
    [await token({ room: undefined }), 403, /is for another room/],
    [await token({ exp: inSeconds(-MINUTE) }), 403, /open too long/],
    [await token({ exp: undefined }), 403, /must expire/],
    [await token({ exp: inSeconds(11 * MINUTE) }), 403, /10 minutes at most/],
    [await token({ nbf: inSeconds(5 * MINUTE) }), 403, /not valid yet/],
    [await token({ sub: '' }), 403, /who the reader is/],
    [await token({ sub: 7 }), 403, /who the reader is/],
    [await token({ role: 'owner' }), 403, /a role that does not exist/],
    [await token({ name: undefined }), 422, /A name needs/],
    [await token({ name: 'x'.repeat(40) }), 422, /32 characters/],
  ]
  for (const [jwt, status, sentence] of refused) {
    const response = await open(new Visitor(url), jwt, '&theme=dark')
    assert.doesNotMatch(
      response.headers.get('Content-Security-Policy') ?? 'frame-ancestors',
      /frame-ancestors/,
    )
    assert.deepEqual(response.headers.getSetCookie(), [])
    const [actualStatus, actualSentence] = await readFailure(response)
    assert.equal(actualStatus, status, jwt)
    assert.match(actualSentence ?? '', sentence, jwt)
  }
  const elsewhere = await open(new Visitor(url), await token(), '', 'milk')
  assert.equal(elsewhere.status, 403)
})

test('a token can be used once; its own page can be reloaded with it, by its cookie or its ticket', async (t) => {
  const { url, clock, token, open } = await start(t)
  const visitor = new Visitor(url)
  const jwt = await token()
  const html = await (await open(visitor, jwt)).text()
  assert.match((await readFailure(await open(new Visitor(url), jwt)))[1] ?? '', /was already used/)
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
  assert.match((await readFailure(await open(new Visitor(url), jwt)))[1] ?? '', /open too long/)
  clock.advance(13 * 3_600_000)
  assert.equal((await open(visitor, jwt)).status, 403)
  // A token without `jti` is identified by its whole text.
  const plain = await token({ jti: undefined })
  assert.equal((await open(new Visitor(url), plain)).status, 200)
  assert.equal((await open(new Visitor(url), plain)).status, 403)
})

test('the next user of a browser does not become the user before', async (t) => {
  const { url, token, open } = await start(t)
  const visitor = new Visitor(url)
  const ada = await (await open(visitor, await token())).text()
  const bob = await token({ sub: 'user-8', name: 'Bob' })
  const html = await (await open(visitor, bob, `&ticket=${findTicket(ada)}`)).text()
  assert.equal(findName(html), 'Bob')
  // Without a token, the next reader is not a user named by a host page.
  const { name, html: anonymous } = await openEmbed(visitor)
  assert.ok(!['Ada', 'Bob'].includes(name))
  assert.match(anonymous, /class="name"/)
})

test('an owner’s secret names users in their room only, is shown to the owner and can be replaced', async (t) => {
  const { url, token, open } = await start(t, { embedSecret: undefined })
  assert.match((await readFailure(await open(new Visitor(url), await token())))[1] ?? '', /accepts no names/)
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

test('a token is good once however its signature is spelled', async (t) => {
  const { url, token, open } = await start(t)
  for (const jti of [undefined, 7, null, { a: 1 }]) {
    const jwt = await token({ jti })
    assert.equal((await open(new Visitor(url), jwt)).status, 200)
    // 32 bytes are 43 characters: the last one has two spare bits.
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const last = alphabet.indexOf(jwt.at(-1) ?? '')
    const spellings = [1, 2, 3].map((bits) => jwt.slice(0, -1) + alphabet[last ^ bits])
    const plain = jwt.replace(/[^.]*$/, (signature) => signature.replaceAll('-', '+').replaceAll('_', '/'))
    for (const spelling of [jwt, ...spellings, `${jwt}=`, `${jwt}==`, plain, `${jwt} `, `${jwt}.`]) {
      const response = await open(new Visitor(url), encodeURIComponent(spelling))
      assert.equal(response.status, 403, spelling)
    }
  }
})
