import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FROM_EMBED, findTicket, openEmbed, SANDBOXED_HEADERS } from '../../support/http/embed.ts'
import { startServer } from '../../support/http/server.ts'
import { findStreamAddress, Visitor } from '../../support/http/visitor.ts'
import { JumpingClock } from '../../support/jumping-clock.ts'

const HOUR_MS = 3_600_000

/** A visitor without cookies, as in a browser that blocks third-party cookies. */
const cookieless = (url: string) => {
  const visitor = new Visitor(url)
  return {
    open: async (query = '') => {
      visitor.cookie = ''
      const embed = await openEmbed(visitor, 'tea', query)
      visitor.cookie = ''
      return embed
    },
    post: (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
      visitor.post(path, fields, { ...SANDBOXED_HEADERS, ...headers }),
    follow: (path: string) => visitor.follow(path, { Origin: 'null' }),
  }
}

test('a ticket is enough to post, read and take a name, without cookies and from a sandboxed page', async (t) => {
  const { url } = await startServer(t)
  const ada = cookieless(url)
  const { html, ticket } = await ada.open()
  const stream = await ada.follow(findStreamAddress(html))
  const taken = await ada.post(`/embed/tea/name?ticket=${ticket}`, { name: 'Ada' })
  const posted = await ada.post(`/embed/tea/messages?ticket=${ticket}`, { text: 'from afar' })
  for (const { status, headers } of [taken, posted]) {
    assert.equal(status, 200)
    assert.equal(headers.get('Access-Control-Allow-Origin'), 'null')
  }
  assert.equal(stream.response.headers.get('Access-Control-Allow-Origin'), 'null')
  assert.match((await stream.next(({ data }) => data.includes('from afar'))).data, /<bdi>Ada<\/bdi>/)
})

test('after an invalid ticket, no script of another page can read the new one', async (t) => {
  const { url } = await startServer(t)
  for (const part of ['messages', 'name?ticket=x', 'messages?token=x']) {
    const body = new URLSearchParams({ text: 'typed', name: 'typed' })
    const response = await fetch(`${url}/embed/tea/${part}`, {
      method: 'POST',
      headers: { Origin: 'null', 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Dest': 'empty' },
      body,
    })
    assert.ok(response.status >= 400)
    // The sender of the form gets the typed text back, with a ticket for the next try.
    const page = await response.text()
    assert.match(page, /typed/)
    assert.match(page, /ticket=/)
    assert.equal(response.headers.get('Access-Control-Allow-Origin'), null)
    assert.equal(response.headers.get('Access-Control-Expose-Headers'), null)
  }
})

test('a preflight request for a sandboxed page succeeds', async (t) => {
  const { url } = await startServer(t)
  const preflight = await fetch(`${url}/embed/tea/messages?ticket=x`, {
    method: 'OPTIONS',
    headers: { Origin: 'null', 'Access-Control-Request-Method': 'POST' },
  })
  assert.equal(preflight.status, 204)
  assert.equal(preflight.headers.get('Access-Control-Allow-Origin'), 'null')
  assert.equal(preflight.headers.get('Access-Control-Allow-Headers'), '*')
  assert.match(preflight.headers.get('Access-Control-Allow-Methods') ?? '', /POST/)
})

test('no other page can read an embed’s page and its ticket', async (t) => {
  const { url } = await startServer(t)
  for (const origin of ['null', 'https://evil.example']) {
    const page = await fetch(`${url}/embed/tea`, { headers: { Origin: origin } })
    assert.equal(page.headers.get('Access-Control-Allow-Origin'), null)
    const preflight = await fetch(`${url}/embed/tea`, { method: 'OPTIONS', headers: { Origin: origin } })
    assert.equal(preflight.headers.get('Access-Control-Allow-Origin'), null)
  }
})

test('a ticket is valid for one room; a missing, changed or truncated ticket is refused with a sentence', async (t) => {
  const { url } = await startServer(t)
  const ada = cookieless(url)
  const { ticket } = await ada.open()
  const invalid = ['', 'x', ticket.slice(1), `${ticket}A`, ticket.slice(0, -2), ticket.toLowerCase()]
  const paths = [
    ...invalid.map((value) => `/embed/tea/messages?ticket=${value}`),
    '/embed/tea/messages',
    `/embed/milk/messages?ticket=${ticket}`,
    `/embed/milk/name?ticket=${ticket}`,
    `/embed/milk/here?ticket=${ticket}`,
    `/embed/milk/ticket?ticket=${ticket}`,
  ]
  for (const path of paths) {
    const refused = await ada.post(path, { text: 'hello', name: 'Ada' })
    assert.equal(refused.status, 403, path)
    assert.match(await refused.text(), /Reload it to go on\.$/)
    // The page keeps the typed text.
    assert.equal(refused.headers.get('HX-Reswap'), 'none')
  }
  const stream = await fetch(`${url}/embed/milk/events?ticket=${ticket}`)
  assert.equal(stream.status, 403)
  assert.match(await stream.text(), /Reload it to go on\.\n$/)
  // A sandboxed page can read the sentence too.
  assert.equal(stream.headers.get('Access-Control-Allow-Origin'), 'null')
})

test('without a valid ticket, neither the cookie of the room nor that of the embed counts', async (t) => {
  const { url } = await startServer(t)
  const visitor = new Visitor(url)
  await visitor.get('/r/tea')
  await openEmbed(visitor)
  assert.match(visitor.cookie, /snug\..*snug-embed\./)
  assert.equal((await visitor.post('/embed/tea/messages', { text: 'hello' })).status, 403)
})

test('a ticket is valid for half a day, and each response has a new one', async (t) => {
  const clock = new JumpingClock()
  const { url } = await startServer(t, {}, clock)
  const ada = cookieless(url)
  const { ticket, name } = await ada.open()
  clock.advance(11 * HOUR_MS)
  const renewed = await ada.post(`/embed/tea/ticket?ticket=${ticket}`, {})
  const { ticket: later } = (await renewed.json()) as { ticket: string }
  const posted = await ada.post(
    `/embed/tea/messages?ticket=${ticket}`,
    { text: 'hi', back: 'line' },
    { 'HX-Request': '' },
  )
  const latest = findTicket(posted.headers.get('Location') ?? '')
  clock.advance(11 * HOUR_MS)
  assert.equal((await ada.post(`/embed/tea/here?ticket=${ticket}`, {})).status, 403)
  for (const valid of [later, latest]) {
    assert.equal((await ada.post(`/embed/tea/here?ticket=${valid}`, {})).status, 204)
    assert.equal((await ada.open(`ticket=${valid}`)).name, name)
  }
})

test('without scripts, a text sent with an expired ticket comes back in a page that can send it', async (t) => {
  const clock = new JumpingClock()
  const { url } = await startServer(t, {}, clock)
  const ada = cookieless(url)
  const { ticket } = await ada.open('theme=dark')
  clock.advance(13 * HOUR_MS)
  const foreign = { 'HX-Request': '' }
  const typed = { text: 'typed <long> ago', back: 'lines' }
  const refused = await ada.post(`/embed/tea/messages?theme=dark&ticket=${ticket}`, typed, foreign)
  assert.equal(refused.status, 403)
  const html = await refused.text()
  assert.match(html, /role="alert">This page has been open too long/)
  assert.match(html, /<textarea[^>]*>typed &lt;long&gt; ago</)
  assert.match(html, /data-theme="dark"/)
  const action = /action="([^"#]+)/.exec(html)?.[1]?.replaceAll('&amp;', '&') ?? ''
  assert.equal((await ada.post(action, { text: 'typed <long> ago', back: 'line' }, foreign)).status, 303)
  const name = await ada.post(`/embed/tea/name?ticket=${ticket}`, { name: 'Ada', back: 'line' }, foreign)
  assert.equal(name.status, 403)
  assert.match(await name.text(), /value="Ada"/)
})

test('a member keeps its name by the last ticket of its page, or by the cookie of its browser', async (t) => {
  const clock = new JumpingClock()
  const { url } = await startServer(t, {}, clock)
  const ada = cookieless(url)
  const first = await ada.open()
  assert.match(first.html, /data-new-member/)
  await ada.post(`/embed/tea/name?ticket=${first.ticket}`, { name: 'Ada' })
  const renewal = await ada.post(`/embed/tea/ticket?ticket=${first.ticket}`, {})
  const { ticket } = (await renewal.json()) as { ticket: string }
  const stream = await ada.follow(findStreamAddress(first.html))
  await stream.next(({ event }) => event === 'open')
  const { ticket: named } = (await (await ada.post(`/embed/tea/ticket?ticket=${ticket}`, {})).json()) as {
    ticket: string
  }
  await stream.close()
  const reopened = await ada.open(`ticket=${named}`)
  assert.equal(reopened.name, 'Ada')
  assert.doesNotMatch(reopened.html, /data-new-member/)

  const bob = new Visitor(url)
  const { ticket: bobs } = await openEmbed(bob)
  await bob.post(`/embed/tea/name?ticket=${bobs}`, { name: 'Bob' })
  const back = await openEmbed(bob)
  assert.equal(back.name, 'Bob')
  assert.doesNotMatch(back.html, /data-new-member/)
})

test('over https, an embed’s cookie works in frames of other sites, is partitioned by site and bound to this host', async (t) => {
  const { url } = await startServer(t, { baseUrl: 'https://chat.example' })
  const { response } = await openEmbed(new Visitor(url))
  const [cookie = ''] = response.headers.getSetCookie()
  assert.match(
    cookie,
    /^__Host-snug-embed\.[\w-]{10}=[^;]+; Path=\/; Max-Age=\d+; HttpOnly; SameSite=None; Secure; Partitioned$/,
  )
})

test('a browser is one member in an embed and another in the room’s page: embeds ignore the room’s cookie', async (t) => {
  const { url } = await startServer(t)
  const visitor = new Visitor(url)
  const page = await (await visitor.get('/r/tea')).text()
  const { html } = await openEmbed(visitor)
  const ownTag = (text: string) => /data-own-tag="(\w+)"/.exec(text)?.[1]
  assert.notEqual(ownTag(html), ownTag(page))
})

test('the address of somebody else’s embed makes nobody that member', async (t) => {
  const { url } = await startServer(t)
  const ada = new Visitor(url)
  const { ticket, html } = await openEmbed(ada)
  const tagOf = (page: string) => /data-own-tag="(\w+)"/.exec(page)?.[1]
  const own = tagOf(html)
  const open = async (visitor: Visitor, headers: Record<string, string>) =>
    tagOf(await (await visitor.get(`/embed/tea?ticket=${ticket}`, headers)).text())
  for (const headers of [
    {},
    { 'Sec-Fetch-Site': 'none' },
    { 'Sec-Fetch-Site': 'cross-site', Referer: 'https://blog.example/' },
    { Referer: 'https://blog.example/embed/tea' },
    { Referer: `${url}/r/tea` },
    { Referer: `${url}.evil.example/embed/tea` },
    { Referer: `${url}/embed/tea`, 'Sec-Fetch-Site': 'same-site' },
    { Referer: 'x' },
  ]) {
    const bob = new Visitor(url)
    const page = await bob.get(`/embed/tea?ticket=${ticket}`, headers)
    assert.equal(page.status, 200)
    assert.notEqual(tagOf(await page.text()), own, JSON.stringify(headers))
    // He stays who he is.
    assert.notEqual(await open(bob, headers), own)
  }
  // Her own page opens it again, or her browser has her cookie.
  for (const headers of [FROM_EMBED, { Referer: `${url}/embed/tea?theme=dark` }])
    assert.equal(await open(new Visitor(url), headers), own)
  assert.equal(await open(ada, { 'Sec-Fetch-Site': 'none' }), own)
})
