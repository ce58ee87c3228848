import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findTicket, openEmbed, SANDBOXED_HEADERS } from '../../support/http/embed.ts'
import { startServer } from '../../support/http/server.ts'
import { findStreamAddress, Visitor } from '../../support/http/visitor.ts'
import { JumpingClock } from '../../support/jumping-clock.ts'

const HOUR_MS = 3_600_000

/** Without a cookie, as where other sites' cookies are blocked. */
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

test('whoever brings a ticket posts, reads and takes a name without any cookie, from a page of no origin', async (t) => {
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

test('whoever brings no good ticket gets none that a script of another page can read', async (t) => {
  const { url } = await startServer(t)
  for (const part of ['messages', 'name?ticket=x', 'messages?token=x']) {
    const body = new URLSearchParams({ text: 'typed', name: 'typed' })
    const answer = await fetch(`${url}/embed/tea/${part}`, {
      method: 'POST',
      headers: { Origin: 'null', 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Dest': 'empty' },
      body,
    })
    assert.ok(answer.status >= 400)
    // What was typed is given back to whoever sent the form, with a ticket for the next try.
    const page = await answer.text()
    assert.match(page, /typed/)
    assert.match(page, /ticket=/)
    assert.equal(answer.headers.get('Access-Control-Allow-Origin'), null)
    assert.equal(answer.headers.get('Access-Control-Expose-Headers'), null)
  }
})

test('a browser asks first, on behalf of a page of no origin, and may', async (t) => {
  const { url } = await startServer(t)
  const asked = await fetch(`${url}/embed/tea/messages?ticket=x`, {
    method: 'OPTIONS',
    headers: { Origin: 'null', 'Access-Control-Request-Method': 'POST' },
  })
  assert.equal(asked.status, 204)
  assert.equal(asked.headers.get('Access-Control-Allow-Origin'), 'null')
  assert.equal(asked.headers.get('Access-Control-Allow-Headers'), '*')
  assert.match(asked.headers.get('Access-Control-Allow-Methods') ?? '', /POST/)
})

test('no other page can read an embed’s page, and its ticket with it', async (t) => {
  const { url } = await startServer(t)
  for (const origin of ['null', 'https://evil.example']) {
    const page = await fetch(`${url}/embed/tea`, { headers: { Origin: origin } })
    assert.equal(page.headers.get('Access-Control-Allow-Origin'), null)
    const asked = await fetch(`${url}/embed/tea`, { method: 'OPTIONS', headers: { Origin: origin } })
    assert.equal(asked.headers.get('Access-Control-Allow-Origin'), null)
  }
})

test('a ticket is for one room, and what is none, or another’s, or cut, is refused with a sentence', async (t) => {
  const { url } = await startServer(t)
  const ada = cookieless(url)
  const { ticket } = await ada.open()
  const bad = ['', 'x', ticket.slice(1), `${ticket}A`, ticket.slice(0, -2), ticket.toLowerCase()]
  const paths = [
    ...bad.map((value) => `/embed/tea/messages?ticket=${value}`),
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
    // The page keeps what was typed.
    assert.equal(refused.headers.get('HX-Reswap'), 'none')
  }
  const stream = await fetch(`${url}/embed/milk/events?ticket=${ticket}`)
  assert.equal(stream.status, 403)
  assert.match(await stream.text(), /Reload it to go on\.\n$/)
  // Which a sandboxed page can read too.
  assert.equal(stream.headers.get('Access-Control-Allow-Origin'), 'null')
})

test('with a ticket that is no good cookies count as little: neither the room’s own nor the embed’s', async (t) => {
  const { url } = await startServer(t)
  const visitor = new Visitor(url)
  await visitor.get('/r/tea')
  await openEmbed(visitor)
  assert.match(visitor.cookie, /snug=.*snug-embed=/)
  assert.equal((await visitor.post('/embed/tea/messages', { text: 'hello' })).status, 403)
})

test('a ticket is good for half a day, and each answer brings another', async (t) => {
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
  for (const good of [later, latest]) {
    assert.equal((await ada.post(`/embed/tea/here?ticket=${good}`, {})).status, 204)
    assert.equal((await ada.open(`ticket=${good}`)).name, name)
  }
})

test('without scripts, what was typed with a ticket that is over comes back in a page that can send it', async (t) => {
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

test('a page goes on under its name by its last ticket, and a browser by its cookie', async (t) => {
  const clock = new JumpingClock()
  const { url } = await startServer(t, {}, clock)
  const ada = cookieless(url)
  const first = await ada.open()
  assert.match(first.html, /data-new-member/)
  await ada.post(`/embed/tea/name?ticket=${first.ticket}`, { name: 'Ada' })
  const answer = await ada.post(`/embed/tea/ticket?ticket=${first.ticket}`, {})
  const { ticket } = (await answer.json()) as { ticket: string }
  const stream = await ada.follow(findStreamAddress(first.html))
  await stream.next(({ event }) => event === 'open')
  const { ticket: named } = (await (await ada.post(`/embed/tea/ticket?ticket=${ticket}`, {})).json()) as {
    ticket: string
  }
  await stream.close()
  const again = await ada.open(`ticket=${named}`)
  assert.equal(again.name, 'Ada')
  assert.doesNotMatch(again.html, /data-new-member/)

  const bob = new Visitor(url)
  const { ticket: bobs } = await openEmbed(bob)
  await bob.post(`/embed/tea/name?ticket=${bobs}`, { name: 'Bob' })
  const back = await openEmbed(bob)
  assert.equal(back.name, 'Bob')
  assert.doesNotMatch(back.html, /data-new-member/)
})

test('over https an embed’s cookie is for frames of other sites, each site’s own, and bound to this host', async (t) => {
  const { url } = await startServer(t, { baseUrl: 'https://chat.example' })
  const { response } = await openEmbed(new Visitor(url))
  const [cookie = ''] = response.headers.getSetCookie()
  assert.match(
    cookie,
    /^__Host-snug-embed=[^;]+; Path=\/; Max-Age=\d+; HttpOnly; SameSite=None; Secure; Partitioned$/,
  )
})

test('an embed and the room’s own page know a browser as two, and the room’s cookie is not looked at in frames', async (t) => {
  const { url } = await startServer(t)
  const visitor = new Visitor(url)
  const page = await (await visitor.get('/r/tea')).text()
  const { html } = await openEmbed(visitor)
  const me = (text: string) => /data-own-tag="(\w+)"/.exec(text)?.[1]
  assert.notEqual(me(html), me(page))
})
