import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseSlug } from '../../../src/chat/room.ts'
import { UnusableResource } from '../../../src/chat/unusable-resource.ts'
import { NO_LIMITS } from '../../../src/config/limit-flags.ts'
import { UnusableDatabase } from '../../../src/store/sqlite/schema.ts'
import { makeKeptRoom } from '../../support/http/owner.ts'
import { startServer } from '../../support/http/server.ts'
import { SseReader } from '../../support/http/sse-reader.ts'
import { findStreamAddress, Visitor } from '../../support/http/visitor.ts'
import { JumpingClock } from '../../support/jumping-clock.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const AS_JSON = { Accept: 'application/json' }
const STREAM_LEAVES = ['events', 'live.json', 'live.ndjson', 'live.txt', 'live.html']

test('the maker of a kept room sees the owner’s link once, and owns the room from then on', async (t) => {
  const { url, logged } = await startServer(t)
  const ada = new Visitor(url)
  const fields = { room: 'Tea at five', kind: 'kept', retention: '30d', keep: '500' }
  const made = await ada.post('/rooms', fields)
  assert.equal(made.status, 201)
  assert.equal(made.headers.get('Cache-Control'), 'no-store')
  const html = await made.text()
  assert.match(html, /The newest 500 messages here are kept, for 30 days at most\./)
  const [, token] = /value="http:\/\/[^"]+\/r\/tea-at-five\/owner\/([\w-]{22,})"/.exec(html) ?? []
  assert.ok(token)
  const cookie = made.headers.getSetCookie().find((set) => set.startsWith('snug-owner.'))
  assert.match(cookie ?? '', /; Path=\/r\/tea-at-five; Max-Age=31536000; HttpOnly; SameSite=Lax$/)

  const again = await ada.post('/rooms', fields)
  assert.deepEqual([again.status, again.headers.get('Location')], [303, '/r/tea-at-five'])
  for (const path of ['/r/tea-at-five', '/r/tea-at-five/settings', '/'])
    assert.ok(!(await (await ada.get(path)).text()).includes(token), path)
  assert.ok(!logged().includes(token))
  assert.match(await (await ada.get('/r/tea-at-five')).text(), /You own this room/)
  assert.equal((await ada.get('/r/tea-at-five/settings')).status, 200)
})

test('a program gets the owner’s link as JSON, and a terminal gets it as text', async (t) => {
  const { url } = await startServer(t)
  const post = (body: object, accept?: string) =>
    fetch(`${url}/rooms`, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'Content-Type': 'application/json', ...(accept && { Accept: accept }) },
    })
  const made = await post({ room: 'Über', kind: 'kept', keep: 5, listed: false })
  assert.equal(made.status, 201)
  const { owner, ...rest } = (await made.json()) as { owner: string }
  assert.deepEqual(rest, { room: 'über', url: `${url}/r/%C3%BCber` })
  assert.ok(owner.startsWith(`${url}/r/%C3%BCber/owner/`))
  const [room, link, ...more] = (await (await post({ room: 'b', kind: 'kept' }, 'text/plain')).text()).split(
    '\n',
  )
  assert.equal(room, `${url}/r/b`)
  assert.ok(link?.startsWith(`${url}/r/b/owner/`))
  assert.deepEqual(more, [''])
})

test('the owner’s link makes another browser an owner, and never appears in a Referer', async (t) => {
  const { url } = await startServer(t)
  const link = await makeKeptRoom(new Visitor(url))
  const phone = new Visitor(url)
  assert.equal((await phone.get('/r/tea/settings')).status, 403)
  const opened = await phone.get(link)
  assert.deepEqual([opened.status, opened.headers.get('Location')], [303, '/r/tea/settings'])
  assert.equal(opened.headers.get('Referrer-Policy'), 'no-referrer')
  assert.equal((await phone.get('/r/tea/settings')).status, 200)
  await phone.post('/r/tea/disown', {})
  assert.equal((await phone.get('/r/tea/settings')).status, 403)
})

test('an incomplete owner’s link, or one of another room, opens nothing', async (t) => {
  const { url } = await startServer(t)
  const link = await makeKeptRoom(new Visitor(url))
  await makeKeptRoom(new Visitor(url), { room: 'other' })
  const eve = new Visitor(url)
  for (const wrong of [link.slice(0, -1), `${link}x`, link.replace('tea', 'other'), `${link}%00`]) {
    const refused = await eve.get(wrong)
    assert.deepEqual([refused.status, refused.headers.getSetCookie()], [403, []], wrong)
  }
  assert.equal((await eve.get(link.replace('tea', 'none'))).status, 404)
})

test('only the owner can see the settings of a room, change them or delete the room', async (t) => {
  const { url } = await startServer(t)
  await makeKeptRoom(new Visitor(url))
  const other = new Visitor(url)
  await makeKeptRoom(other, { room: 'other' })
  for (const eve of [new Visitor(url), other]) {
    for (const response of [
      await eve.get('/r/tea/settings'),
      await eve.post('/r/tea/settings', { retention: '1d' }),
      await eve.post('/r/tea/delete', { confirm: 'tea' }),
    ]) {
      assert.equal(response.status, 403)
      assert.match(await response.text(), /Only the owner of this room can do that\./)
    }
    assert.doesNotMatch(await (await eve.get('/r/tea')).text(), /You own this room/)
  }
  assert.equal((await other.get('/r/vanishing/settings')).status, 404)
})

test('an invalid field is refused with a sentence, and the form comes back as typed', async (t) => {
  const { url } = await startServer(t)
  const ada = new Visitor(url)
  const typed = { room: 'Tea', kind: 'kept', retention: '7d', keep: '12', listed: 'yes' }
  for (const [wrong, sentence] of [
    [{ retention: '2d' }, /How long messages last must be one of 1d, 7d, 30d, 1y, forever\./],
    [{ keep: '0' }, /How many messages last must be a whole number from 1 to 1000000\./],
    [{ keep: 'many' }, /How many messages last/],
    [{ keep: '1000001' }, /How many messages last/],
    [{ kind: 'other' }, /The kind of a room must be vanishing or kept\./],
  ] as const) {
    const refused = await ada.post('/rooms', { ...typed, ...wrong })
    assert.equal(refused.status, 422)
    const html = await refused.text()
    assert.match(html, sentence)
    assert.match(html, /value="Tea"/)
    const { kind, keep } = { ...typed, ...wrong }
    assert.match(html, new RegExp(`name="keep" value="${keep}"`))
    if (kind === 'kept') assert.match(html, /value="kept" checked/)
    if (!('retention' in wrong)) assert.match(html, /value="7d" selected/)
  }
  assert.equal((await ada.get('/r/tea/settings')).status, 404)
})

test('a kept room replaces an empty vanishing room with only its maker in it, but none that is in use or listed', async (t) => {
  const { url } = await startServer(t)
  const [ada, ben] = [new Visitor(url), new Visitor(url)]
  const keep = (room: string) => ada.post('/rooms', { room, kind: 'kept' })

  const stream = await ben.enter('here')
  await stream.next(({ event }) => event === 'open')
  const refused = await keep('here')
  assert.equal(refused.status, 409)
  assert.match(await refused.text(), /“here” is a vanishing room in use/)
  await stream.close()

  await ben.post('/r/said/messages', { text: 'soon forgotten' })
  assert.equal((await keep('said')).status, 409)
  await ben.post('/rooms', { room: 'shown', listed: 'yes' })
  assert.equal((await keep('shown')).status, 409)

  const own = await ada.enter('own')
  await own.next(({ event }) => event === 'open')
  assert.equal((await keep('own')).status, 201)
  await own.ended
})

test('a reader in an empty vanishing room is told when it becomes a kept one, and misses nothing', async (t) => {
  const { url } = await startServer(t)
  const ada = new Visitor(url)
  const stream = await ada.enter('tea')
  const opened = await stream.next(({ event }) => event === 'open')
  await makeKeptRoom(ada, { retention: '7d' })
  const notice = await stream.next(({ data }) => data.includes('This is a kept room now.'))
  assert.match(notice.data, /Messages here are kept for 7 days\./)
  await stream.next(({ event }) => event === 'rotate')
  await stream.ended

  await ada.post('/r/tea/messages', { text: 'kept from the first' })
  const again = await ada.follow('/r/tea/events', { 'Last-Event-ID': opened.id ?? '' })
  const first = await again.next(({ event }) => event !== 'open')
  assert.match(first.data, /kept from the first/)
  await ada.post('/r/tea/messages', { text: 'and live' })
  await again.next(({ data }) => data.includes('and live'))
  assert.equal(again.events.filter(({ data }) => data.includes('notice gap')).length, 0)
  await again.close()
  assert.match(await (await new Visitor(url).get('/r/tea')).text(), /kept from the first/)
})

test('a page that was away while the retention of its room changed is told when it reconnects', async (t) => {
  const { url, chat } = await startServer(t)
  const ada = new Visitor(url)
  const noticesOf = async (reader: Visitor, html: string) => {
    const retention = /data-retention="([^"]+)"/.exec(html)?.[1]
    const stream = await reader.follow(`${findStreamAddress(html)}&keeps=${retention}`)
    await reader.post('/r/tea/messages', { text: 'the end' })
    await stream.next(({ data }) => data.includes('the end'))
    await stream.close()
    return stream.events.flatMap(
      ({ data }) => /This is a kept room now\.|The owner changed/.exec(data)?.[0] ?? [],
    )
  }
  const vanishing = await (await ada.get('/r/tea')).text()
  const owner = new Visitor(url)
  await makeKeptRoom(owner, { retention: '7d' })
  assert.deepEqual(await noticesOf(ada, vanishing), ['This is a kept room now.'])
  const kept = await (await ada.get('/r/tea')).text()
  assert.deepEqual(await noticesOf(ada, kept), [])
  await chat.store.changeSettings(parseSlug('tea'), { retention: undefined, keep: 50, listed: false })
  assert.deepEqual(await noticesOf(ada, kept), ['The owner changed'])
})

test('a request for a vanishing room never changes or lists an existing kept room', async (t) => {
  const { url } = await startServer(t)
  await makeKeptRoom(new Visitor(url))
  const joined = await new Visitor(url).post('/rooms', { room: 'tea', listed: 'yes' })
  assert.deepEqual([joined.status, joined.headers.get('Location')], [303, '/r/tea'])
  assert.doesNotMatch(await (await new Visitor(url).get('/')).text(), /\/r\/tea"/)
})

test('the home page shows a listed kept room, even an empty one, until its owner unlists it', async (t) => {
  const { url } = await startServer(t)
  const ada = new Visitor(url)
  await makeKeptRoom(ada, { listed: 'yes' })
  await makeKeptRoom(new Visitor(url), { room: 'secret' })
  const home = async () => (await new Visitor(url).get('/')).text()
  assert.match(await home(), /tea<\/bdi><\/a> <span>kept · nobody here/)
  assert.doesNotMatch(await home(), /secret/)
  const stream = await ada.enter('tea')
  await stream.next(({ event }) => event === 'open')
  assert.match(await home(), /<span>kept · 1 here/)
  await ada.post('/r/tea/settings', { retention: 'forever', keep: '' })
  assert.doesNotMatch(await home(), /\/r\/tea"/)
  await stream.close()
})

test('readers in every format are told when the owner changes what is kept', async (t) => {
  const { url } = await startServer(t)
  const [ada, ben] = [new Visitor(url), new Visitor(url)]
  await makeKeptRoom(ada)
  const page = await ben.enter('tea')
  const json = await SseReader.open(`${url}/r/tea/live.json`)
  const texts = await Promise.all(
    ['live.ndjson', 'live.txt', 'live.html'].map(async (leaf) => fetch(`${url}/r/tea/${leaf}`)),
  )
  for (const reader of [page, json]) await reader.next(({ event }) => event === 'open')
  const changed = await ada.post('/r/tea/settings', { retention: '1d', keep: '3', listed: 'yes' })
  assert.deepEqual([changed.status, changed.headers.get('Location')], [303, '/r/tea/settings?saved'])
  const sentence = 'The newest 3 messages here are kept, for 1 day at most.'
  const notice = await page.next(({ data }) => data.includes('The owner changed what is kept.'))
  assert.ok(notice.data.includes(sentence))
  const { data } = await json.next(({ event }) => event === 'settings')
  const settings = { retention: '1d', keep: 3, listed: true }
  assert.deepEqual(JSON.parse(data), { kind: 'settings', ...settings })
  const found = await (await ada.get('/r/tea/settings', AS_JSON)).json()
  assert.deepEqual(found, { room: 'tea', ...settings })
  assert.ok((await (await ben.get('/r/tea')).text()).includes(sentence))

  assert.equal((await ada.post('/r/tea/delete', { confirm: 'tea' })).status, 303)
  const [lines, text, html] = await Promise.all(texts.map((response) => response.text()))
  assert.match(
    lines ?? '',
    /\n{"kind":"settings","retention":"1d","keep":3,"listed":true}\n(.*\n)*{"kind":"closed"/,
  )
  assert.match(text ?? '', /-- The owner changed what is kept\..*--\n(.*\n)*-- The owner deleted this room/)
  assert.match(
    html ?? '',
    /The owner changed what is kept\.(.|\n)*The owner deleted this room(.|\n)*<\/html>$/,
  )
  assert.doesNotMatch(html ?? '', /http-equiv="refresh"/)
})

test('invalid settings come back as typed and change nothing', async (t) => {
  const { url } = await startServer(t)
  const ada = new Visitor(url)
  await makeKeptRoom(ada, { retention: '7d' })
  const refused = await ada.post('/r/tea/settings', { retention: '1y', keep: '-3', listed: 'yes' })
  assert.equal(refused.status, 422)
  const html = await refused.text()
  assert.match(html, /value="1y" selected.*name="keep" value="-3".*name="listed" value="yes" checked/)
  assert.match(html, /role="alert">How many messages last/)
  const found = await (await ada.get('/r/tea/settings', AS_JSON)).json()
  assert.deepEqual(found, { room: 'tea', retention: '7d', keep: null, listed: false })
})

test('a room is deleted only if its name is typed; then its streams end and it is gone', async (t) => {
  const { url, streams } = await startServer(t)
  const [ada, ben] = [new Visitor(url), new Visitor(url)]
  const link = await makeKeptRoom(ada)
  await ben.post('/r/tea/messages', { text: 'a secret' })
  const readers = [await ben.enter('tea'), await SseReader.open(`${url}/r/tea/live.json`)]
  for (const reader of readers) await reader.next(({ event }) => event === 'open')

  for (const confirm of ['', 'te', '!!!']) {
    const refused = await ada.post('/r/tea/delete', { confirm })
    assert.equal(refused.status, 422)
    assert.match(await refused.text(), /role="alert">To delete the room, type its name: tea/)
  }
  assert.equal((await ada.post('/r/tea/delete', { confirm: ' TEA ' })).status, 303)
  for (const reader of readers) {
    await reader.next(({ event }) => event === 'closed')
    await reader.ended
  }
  assert.equal(streams.size, 0)

  const sentence = /The room “tea” was deleted by its owner\. Its name can be used again from \d+ \w+ \d{4}\./
  for (const leaf of [
    '',
    ...STREAM_LEAVES.map((name) => `/${name}`),
    '/settings',
    link.slice('/r/tea'.length),
  ]) {
    const response = await ben.get(`/r/tea${leaf}`)
    assert.equal(response.status, 410, leaf)
    const body = await response.text()
    assert.match(body, sentence, leaf)
    assert.doesNotMatch(body, /a secret/)
  }
  const post = await ben.post('/r/tea/messages', { text: 'typed', key: 'k' })
  assert.equal(post.status, 410)
  assert.match(await post.text(), />typed<\/textarea>/)
  for (const kind of ['vanishing', 'kept']) {
    const taken = await ben.post('/rooms', { room: 'tea', kind, listed: 'yes' })
    assert.equal(taken.status, 409)
    const html = await taken.text()
    assert.match(html, sentence)
    assert.match(html, /value="tea"/)
  }
  assert.equal(streams.size, 0)
})

test('the name of a deleted room is free after thirty days, and its former owner owns nothing', async (t) => {
  const clock = new JumpingClock()
  const { url } = await startServer(t, {}, clock)
  const ada = new Visitor(url)
  const link = await makeKeptRoom(ada)
  await ada.post('/r/tea/messages', { text: 'long ago' })
  await ada.post('/r/tea/delete', { confirm: 'tea' })
  clock.advance(29 * DAY_MS)
  assert.equal((await ada.get('/r/tea')).status, 410)
  clock.advance(DAY_MS + 60_000)
  assert.equal((await ada.get('/r/tea')).status, 200)
  await makeKeptRoom(new Visitor(url))
  assert.equal((await ada.get(link)).status, 403)
  assert.doesNotMatch(await (await ada.get('/r/tea')).text(), /long ago/)
})

test('a post that arrives while its room is deleted makes no vanishing room of that name', async (t) => {
  const { url } = await startServer(t)
  const [ada, ben] = [new Visitor(url), new Visitor(url)]
  await makeKeptRoom(ada)
  await ben.get('/r/tea')
  const [, ...posts] = await Promise.all([
    ada.post('/r/tea/delete', { confirm: 'tea' }),
    ...Array.from({ length: 50 }, (_, n) => ben.post('/r/tea/messages', { text: `${n}` }, AS_JSON)),
  ])
  for (const { status } of posts) assert.ok([201, 404, 410].includes(status), String(status))
  assert.equal((await ben.post('/r/tea/messages', { text: 'late' }, AS_JSON)).status, 410)
})

test('making kept rooms is limited by address, and an invalid request costs nothing', async (t) => {
  const room = { member: undefined, address: { count: 2, windowMs: HOUR_MS } }
  const { url } = await startServer(t, { limits: { ...NO_LIMITS, room } })
  const make = async (name: string, keep = '') =>
    (await new Visitor(url).post('/rooms', { room: name, kind: 'kept', keep })).status
  const found = [await make('a', 'x'), await make('a'), await make('b'), await make('c'), await make('a')]
  assert.deepEqual(found, [422, 201, 201, 429, 303])
})

for (const error of [
  new UnusableResource('Can’t make the folder /x.'),
  new UnusableDatabase('is damaged.'),
]) {
  test(`making a kept room is refused because of ${error.constructor.name}, and the log has the reason`, async (t) => {
    const { url, logged } = await startServer(t, {}, undefined, {
      folder: undefined,
      createFolder: () => Promise.reject(error),
    })
    const ada = new Visitor(url)
    for (const _ of [1, 2]) {
      const refused = await ada.post('/rooms', { room: 'tea', kind: 'kept' })
      assert.equal(refused.status, 507)
      const html = await refused.text()
      assert.match(html, /This server can’t keep rooms/)
      assert.match(html, /value="tea"/)
      assert.doesNotMatch(html, /\/x\./)
    }
    assert.ok(logged().includes(error.message))
    assert.equal((await ada.post('/rooms', { room: 'tea' })).status, 303)
  })
}

test('every address in a deleted room is 410 with a sentence', async (t) => {
  const { url } = await startServer(t)
  const ada = new Visitor(url)
  await makeKeptRoom(ada)
  const posted = await ada.post('/r/tea/messages', { text: 'said' }, AS_JSON)
  const { id } = (await posted.json()) as { id: string }
  assert.equal((await ada.post('/r/tea/delete', { confirm: 'tea' })).status, 303)
  const answers = [
    ...['/messages', `/messages/${id}`, `?around=${id}`, `?before=${id}`, '/export', '/settings'].map(
      (leaf) => ada.get(`/r/tea${leaf}`),
    ),
    ada.post(`/r/tea/messages/${id}`, { text: 'changed' }),
    ada.post(`/r/tea/messages/${id}/delete`, {}),
    ada.post('/r/tea/messages', { text: 'too late' }),
  ]
  for (const answer of answers) {
    const response = await answer
    assert.equal(response.status, 410, response.url)
    assert.match(await response.text(), /The room “tea” was deleted by its owner/)
  }
})
