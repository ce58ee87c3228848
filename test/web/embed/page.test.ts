import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openEmbed, SANDBOXED_HEADERS } from '../../support/http/embed.ts'
import { makeKeptRoom } from '../../support/http/owner.ts'
import { createKeptRoom, startServer } from '../../support/http/server.ts'
import { findStreamAddress, Visitor } from '../../support/http/visitor.ts'

test('an embed has the room’s log, its composer and a link to the whole room', async (t) => {
  const { url } = await startServer(t)
  const { html, name } = await openEmbed(new Visitor(url))
  assert.match(html, /id="log"/)
  assert.match(html, /id="composer"/)
  assert.match(html, /<a class="open-room" href="\/r\/tea" target="_blank" rel="noopener"/)
  assert.match(html, /<span id="here-count">1<\/span> here/)
  assert.notEqual(name, '')
})

test('the page has the appearance from its address, and so have its frames without scripts', async (t) => {
  const { url } = await startServer(t)
  const visitor = new Visitor(url)
  const query = 'theme=dark&accent=1188FF&density=compact&presence=off&host=https%3A%2F%2Fblog.example'
  const { html } = await openEmbed(visitor, 'tea', query)
  const root = /<html lang="en" data-theme="dark" data-density="compact" data-presence="off">/
  assert.match(html, root)
  assert.match(html, /href="\/accent\/1188ff\.css"/)
  assert.match(html, /data-host="https:\/\/blog\.example"/)
  assert.doesNotMatch(html, /id="here-count"|id="people"/)
  const frames = [...html.matchAll(/<iframe class="(?:log-frame|composer-frame)"[^>]* src="([^"]+)"/g)]
  const [live = '', write = ''] = frames.map(([, src = '']) => src.replaceAll('&amp;', '&'))
  const composer = await (await visitor.get(write)).text()
  assert.match(composer, root)
  assert.doesNotMatch(composer, /Who is here/)
  const stream = await fetch(url + live)
  const first = await stream.body?.getReader().read()
  assert.match(Buffer.from(first?.value ?? []).toString(), root)
})

test('a read-only embed has no composer, with scripts or without', async (t) => {
  const { url } = await startServer(t)
  const { html } = await openEmbed(new Visitor(url), 'tea', 'readonly')
  assert.doesNotMatch(html, /<form|<textarea|class="composer-frame"/)
  assert.match(html, /id="log"/)
})

test('without scripts, an embed says what a sandbox may not allow, and where the room is', async (t) => {
  const { url } = await startServer(t)
  for (const [query, what] of [
    ['', 'Send or links do'],
    ['readonly', 'links do'],
  ]) {
    const { html } = await openEmbed(new Visitor(url), 'tea', query)
    const [, hint = ''] = /<noscript><p class="hint sandbox-hint">(.*?)<\/p><\/noscript>/s.exec(html) ?? []
    const text = hint.replace(/<[^>]*>/g, '').replace(/\s+/g, ' ')
    assert.equal(
      text,
      `If ${what} nothing, the page around this room does not allow them. The room is at ${url}/r/tea`,
    )
  }
})

test('a reader of a read-only embed does not count as here, and no line announces it', async (t) => {
  const { url } = await startServer(t)
  const ada = new Visitor(url)
  const stream = await ada.enter('tea')
  await stream.next(({ event }) => event === 'open')
  const { html } = await openEmbed(new Visitor(url), 'tea', 'readonly')
  const looking = await new Visitor(url).follow(findStreamAddress(html), { Origin: 'null' })
  await ada.post('/r/tea/messages', { text: 'read by others' })
  await looking.next(({ data }) => data.includes('read by others'))
  const people = await ada.get('/r/tea/people', { Accept: 'application/json' })
  assert.equal(((await people.json()) as { count: number }).count, 1)
})

test('an invalid parameter has no effect, and the page does not repeat it', async (t) => {
  const { url } = await startServer(t)
  const visitor = new Visitor(url)
  const { html: plain } = await openEmbed(visitor)
  const root = (html: string) => /<html[^>]*>/.exec(html)?.[0]
  const hostile = [
    '"><script>alert(1)</script>',
    'red;background:url(//evil.example)',
    'javascript:alert(1)',
    'https://evil.example/path',
    'https://user@evil.example',
    'DARK',
    '%00',
    '../../r/tea/settings',
    'x'.repeat(4000),
  ]
  for (const value of hostile) {
    for (const name of ['theme', 'accent', 'density', 'readonly', 'presence', 'host', 'ticket']) {
      const { html } = await openEmbed(visitor, 'tea', new URLSearchParams({ [name]: value }).toString())
      assert.equal(root(html), root(plain), `${name}=${value}`)
      assert.doesNotMatch(html, /evil|alert|xxxx|data-host|\/accent\//, `${name}=${value}`)
    }
  }
  const twice = await openEmbed(visitor, 'tea', 'theme=dark&theme=light&theme=%F0%9F%A6%8A')
  assert.match(twice.html, /data-theme="dark"/)
})

test('other spellings of a room redirect to its slug, and an address that can’t be a room’s is 404', async (t) => {
  const { url } = await startServer(t)
  const visitor = new Visitor(url)
  const moved = await visitor.get('/embed/Tea%20Time?theme=dark')
  assert.deepEqual([moved.status, moved.headers.get('Location')], [301, '/embed/tea-time?theme=dark'])
  assert.equal((await visitor.get('/embed/%20')).status, 404)
  assert.equal((await visitor.get('/embed/tea/settings')).status, 404)
})

test('the embed of a kept room shows the newest messages, loads older ones, and lets authors change theirs', async (t) => {
  const server = await startServer(t)
  const room = await createKeptRoom(server, 'tea')
  const visitor = new Visitor(server.url)
  const { html, ticket } = await openEmbed(visitor, room)
  const send = (text: string) =>
    visitor.post(`/embed/tea/messages?ticket=${ticket}`, { text }, { Accept: 'application/json' })
  const { id } = (await (await send('first')).json()) as { id: string }
  for (let n = 0; n < 60; n++) await send(`line ${n}`)
  assert.match((await openEmbed(visitor)).html, /line 59/)
  const older = await visitor.get(
    `/embed/tea/messages?before=${id.replace(/\d+$/, '9')}&ticket=${ticket}`,
    SANDBOXED_HEADERS,
  )
  assert.match(await older.text(), /first/)
  const changed = await fetch(`${server.url}/embed/tea/messages/${id}?ticket=${ticket}`, {
    method: 'PATCH',
    body: JSON.stringify({ text: 'changed' }),
    headers: { 'Content-Type': 'application/json', Accept: 'application/json', ...SANDBOXED_HEADERS },
  })
  assert.equal(changed.status, 200)
  // The time of a message links to the whole room, in a window of its own.
  // Neither the ticket nor the token of the embed gets into an address that people share.
  const secrets = `theme=dark&ticket=${ticket}&token=x.y.z`
  const link = await visitor.get(`/embed/tea?${secrets}&around=${id}`)
  assert.deepEqual([link.status, link.headers.get('Location')], [302, `/r/tea?around=${id}`])
  const fromLog = await visitor.get(`/embed/tea/live.html?around=${id}&${secrets}`)
  assert.deepEqual([fromLog.status, fromLog.headers.get('Location')], [302, `/r/tea?around=${id}`])
  assert.doesNotMatch(html, /href="\/r\/tea\/messages/)
})

test('without scripts, every response to the composer of an embed leads back to it with a new ticket', async (t) => {
  const { url } = await startServer(t)
  const visitor = new Visitor(url)
  const { ticket, html } = await openEmbed(visitor, 'tea', 'theme=dark')
  const reader = await visitor.follow(findStreamAddress(html))
  const composer = await (await visitor.get(`/embed/tea/composer?theme=dark&ticket=${ticket}`)).text()
  const action = /action="([^"#]+)/.exec(composer)?.[1]?.replaceAll('&amp;', '&') ?? ''
  assert.match(action, /^\/embed\/tea\/messages\?theme=dark&ticket=/)
  assert.doesNotMatch(composer, /autofocus|manifest|\/r\/tea/)
  const foreign = { Origin: 'null', 'Sec-Fetch-Site': 'cross-site' }
  const posted = await visitor.post(action, { text: 'without scripts', back: 'line' }, foreign)
  assert.equal(posted.status, 303)
  assert.match(posted.headers.get('Location') ?? '', /^\/embed\/tea\/composer\?theme=dark&ticket=/)
  await reader.next(({ data }) => data.includes('without scripts'))
  const taken = await visitor.post(`/embed/tea/name?ticket=${ticket}`, { name: 'Ada', back: 'line' }, foreign)
  assert.equal(taken.status, 303)
  assert.match(taken.headers.get('Location') ?? '', /^\/embed\/tea\/composer\?ticket=/)
})

test('no action of an owner is available below /embed/, even with the owner’s cookies', async (t) => {
  const { url } = await startServer(t)
  const owner = new Visitor(url)
  await makeKeptRoom(owner)
  const { html, ticket } = await openEmbed(owner)
  assert.doesNotMatch(html, /\/settings|\/delete|\/disown|data-kept="owner"/)
  for (const part of ['settings', 'delete', 'disown', 'export', 'embedding', 'leave', 'owner/x']) {
    const responses = [
      await owner.post(`/embed/tea/${part}?ticket=${ticket}`, { confirm: 'tea', secret: 'new' }),
      await owner.get(`/embed/tea/${part}?ticket=${ticket}`),
    ]
    assert.deepEqual(
      responses.map(({ status }) => status),
      [404, 404],
      part,
    )
  }
  const other = new Visitor(url)
  const theirs = await openEmbed(other)
  const posted = await other.post(
    `/embed/tea/messages?ticket=${theirs.ticket}`,
    { text: 'theirs' },
    { Accept: 'application/json' },
  )
  const { id } = (await posted.json()) as { id: string }
  const deletion = await fetch(`${url}/embed/tea/messages/${id}?ticket=${ticket}`, {
    method: 'DELETE',
    headers: { Cookie: owner.cookie, Accept: 'application/json' },
  })
  assert.equal(deletion.status, 403)
})
