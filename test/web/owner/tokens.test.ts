import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TOKENS_MAX } from '../../../src/chat/token.ts'
import { makeKeptRoom } from '../../support/http/owner.ts'
import { startServer } from '../../support/http/server.ts'
import { addToken, bearerHeader, makeToken } from '../../support/http/tokens.ts'
import { Visitor } from '../../support/http/visitor.ts'

const AS_JSON = { Accept: 'application/json' }
const JSON_BODY = { 'Content-Type': 'application/json', ...AS_JSON }

test('the owner makes a token with a form, sees its secret once, and revokes it in the list', async (t) => {
  const { url, logged } = await startServer(t)
  const ada = new Visitor(url)
  await makeKeptRoom(ada)
  assert.match(await (await ada.get('/r/tea/settings')).text(), /<a href="\/r\/tea\/tokens">/)
  assert.match(await (await ada.get('/r/tea/tokens')).text(), /There are no tokens yet/)

  const made = await ada.post('/r/tea/tokens', { name: ' Weather  Bot ', scopes: 'read,post' })
  assert.equal(made.status, 201)
  assert.equal(made.headers.get('Cache-Control'), 'no-store')
  const html = await made.text()
  const [, secret = ''] = /<input id="secret" value="(snug_[\w-]{40})"/.exec(html) ?? assert.fail(html)
  assert.ok(html.includes(`value="${url}/r/tea/hook/${secret}"`))

  const list = await (await ada.get('/r/tea/tokens')).text()
  assert.ok(!list.includes(secret) && !logged().includes(secret))
  assert.match(list, /<bdi>Weather Bot<\/bdi>[\s\S]*reads and posts/)
  const [, action = ''] = /action="(\/r\/tea\/tokens\/[a-z0-9]{16}\/revoke)"/.exec(list) ?? assert.fail(list)
  const revoked = await ada.post(action, {})
  assert.deepEqual([revoked.status, revoked.headers.get('Location')], [303, '/r/tea/tokens?revoked'])
  assert.match(await (await ada.get('/r/tea/tokens?revoked')).text(), /Revoked[\s\S]*There are no tokens yet/)
  assert.equal((await ada.post(action, {})).status, 404)
})

test('the owner makes, lists and revokes tokens as JSON; an invalid one is refused and given back', async (t) => {
  const { url } = await startServer(t)
  const ada = new Visitor(url)
  await makeKeptRoom(ada)
  const { secret, hook, ...token } = await makeToken(ada, 'tea', { scopes: 'post' })
  assert.equal(hook, `${url}/r/tea/hook/${secret}`)
  const listed = await (await ada.get('/r/tea/tokens', AS_JSON)).json()
  assert.deepEqual(listed, { tokens: [token] })
  assert.deepEqual(Object.keys(token), ['id', 'name', 'scopes', 'made'])
  const asText = await ada.post(
    '/r/tea/tokens',
    { name: 'Deploys', scopes: 'read' },
    { Accept: 'text/plain' },
  )
  assert.match(await asText.text(), /^snug_[\w-]{40}\n$/)

  const expectRefusal = async (fields: Record<string, string>, sentence: RegExp) => {
    const refused = await ada.post('/r/tea/tokens', fields)
    assert.equal(refused.status, 422)
    const html = await refused.text()
    assert.match(html, sentence)
    assert.ok(html.includes(`value="${fields.name}"`))
  }
  await expectRefusal({ name: 'admin' }, /is reserved/)
  await expectRefusal({ name: 'Deploys', scopes: 'read,own' }, /read, post, or both/)

  const remove = (path: string) =>
    fetch(`${url}/r/tea/tokens/${path}`, {
      method: 'DELETE',
      headers: { Cookie: ada.cookie, Origin: url, ...AS_JSON },
    })
  assert.deepEqual([(await remove(token.id)).status, (await remove(token.id)).status], [204, 404])
  assert.equal((await fetch(hook, { method: 'POST', body: '{"text":"x"}', headers: JSON_BODY })).status, 404)
})

test('only the owner lists and makes tokens, never a token; a room has at most a hundred', async (t) => {
  const server = await startServer(t)
  const { url } = server
  const ada = new Visitor(url)
  await makeKeptRoom(ada)
  const { id, secret } = await makeToken(ada, 'tea')
  const eve = new Visitor(url)
  assert.equal((await eve.get('/r/tea/tokens')).status, 403)
  assert.equal((await eve.post('/r/tea/tokens', { name: 'Eve' })).status, 403)
  assert.equal((await eve.post(`/r/tea/tokens/${id}/revoke`, {})).status, 403)
  assert.equal((await ada.get('/r/none/tokens')).status, 404)
  const asProgram = await ada.get('/r/tea/tokens', { ...bearerHeader(secret), ...AS_JSON })
  assert.equal(asProgram.status, 403)
  for (let count = 1; count < TOKENS_MAX; count++) await addToken(server, 'tea')
  const full = await ada.post('/r/tea/tokens', { name: 'One More' }, AS_JSON)
  assert.equal(full.status, 409)
})

test('a program with a token posts under its name and changes its own messages; its cookies are ignored', async (t) => {
  const { url } = await startServer(t)
  const ada = new Visitor(url)
  await makeKeptRoom(ada)
  const { secret } = await makeToken(ada, 'tea')
  // As from a page of another site, with the owner's cookies.
  const send = (method: string, path: string, body?: object) =>
    fetch(`${url}/r/tea/${path}`, {
      method,
      ...(body && { body: JSON.stringify(body) }),
      headers: {
        ...bearerHeader(secret),
        ...JSON_BODY,
        Origin: 'https://elsewhere.test',
        Cookie: ada.cookie,
      },
    })
  const posted = await send('POST', 'messages', { text: 'rain', key: 'one' })
  assert.equal(posted.status, 201)
  assert.deepEqual(posted.headers.getSetCookie(), [])
  const message = (await posted.json()) as { id: string; author: { name: string; verified: boolean } }
  assert.deepEqual([message.author.name, message.author.verified], ['Weather Bot', true])
  const again = (await (await send('POST', 'messages', { text: 'rain', key: 'one' })).json()) as {
    id: string
  }
  assert.equal(again.id, message.id)

  const edited = await send('PATCH', `messages/${message.id}`, { text: 'sun' })
  assert.equal(((await edited.json()) as { text: string }).text, 'sun')
  const adas = await ada.post('/r/tea/messages', { text: 'mine' }, AS_JSON)
  const { id } = (await adas.json()) as { id: string }
  assert.equal((await send('PATCH', `messages/${id}`, { text: 'not mine' })).status, 403)
  assert.equal((await send('DELETE', `messages/${message.id}`)).status, 204)
  const { messages } = (await (await send('GET', 'messages')).json()) as { messages: { text: string }[] }
  assert.deepEqual(
    messages.map(({ text }) => text),
    ['mine'],
  )
})

test('a token works only in its room, for its scopes and until it is revoked; a sentence explains a refusal', async (t) => {
  const server = await startServer(t)
  const { url } = server
  const ada = new Visitor(url)
  await makeKeptRoom(ada)
  const expectAnswer = async (
    secret: string,
    path: string,
    status: number,
    sentence: RegExp,
    text?: string,
  ) => {
    const answer = await fetch(url + path, {
      headers: bearerHeader(secret),
      ...(text !== undefined && { method: 'POST', body: new URLSearchParams({ text }) }),
    })
    assert.equal(answer.status, status, path)
    assert.equal(answer.headers.get('WWW-Authenticate'), status === 401 ? 'Bearer' : null)
    assert.equal(answer.headers.get('Access-Control-Allow-Origin'), '*')
    const type = /\.n?d?json(\?|$)/.test(path) ? /^application\/json/ : /^text\/plain/
    assert.match(answer.headers.get('Content-Type') ?? '', type)
    assert.match(await answer.text(), sentence)
  }
  const reading = await makeToken(ada, 'tea', { scopes: 'read' })
  const posting = await makeToken(ada, 'tea', { scopes: 'post' })
  await expectAnswer(reading.secret, '/r/tea/messages', 403, /for reading only/, 'x')
  await expectAnswer(reading.secret, `/r/tea/hook/${reading.secret}`, 403, /for reading only/, 'x')
  for (const path of ['messages', 'people', 'live.txt', 'live.json', 'events'])
    await expectAnswer(posting.secret, `/r/tea/${path}`, 403, /for posting only/)
  await expectAnswer(reading.secret, '/r/other/messages', 403, /for another room/)
  await expectAnswer(reading.secret, '/r/other/live.json', 403, /for another room/)
  await expectAnswer(posting.secret, `/r/other/hook/${posting.secret}`, 403, /for another room/, 'x')
  for (const path of [
    '/',
    '/me',
    '/r/tea',
    '/r/tea/export',
    '/r/tea/settings',
    '/r/tea/%6dessages/../settings',
  ])
    await expectAnswer(reading.secret, path, 403, /only for reading and posting/)
  for (const path of [
    '/r/tea/name',
    '/r/tea/leave',
    '/r/tea/delete',
    '/r/tea/tokens',
    '/rooms',
    '/me/forget',
  ])
    await expectAnswer(posting.secret, path, 403, /only for reading and posting/, 'x')
  for (const secret of ['', 'x', `${reading.secret}x`, reading.secret.slice(0, -1)]) {
    await expectAnswer(secret, '/r/tea/messages', 401, /not known here/)
    await expectAnswer(secret, '/r/tea/live.ndjson', 401, /not known here/)
  }
  await ada.post(`/r/tea/tokens/${reading.id}/revoke`, {})
  await expectAnswer(reading.secret, '/r/tea/messages', 401, /not known here/)

  // A proxy with a password of its own leaves this header in the request. It must not change anything.
  const basic = { Authorization: 'Basic YWRhOmFkYQ==' }
  assert.equal((await ada.get('/r/tea/settings', basic)).status, 200)
})

test('revoking a token ends its streams at once, and no others', async (t) => {
  const { url } = await startServer(t)
  const ada = new Visitor(url)
  await makeKeptRoom(ada)
  const [one, two] = [await makeToken(ada, 'tea'), await makeToken(ada, 'tea', { name: 'Deploys' })]
  const program = new Visitor(url)
  const streams = [
    await program.follow('/r/tea/live.json', bearerHeader(one.secret)),
    await program.follow(`/r/tea/live.json?token=${one.secret}`),
  ]
  const others = await program.follow('/r/tea/live.json', bearerHeader(two.secret))
  for (const stream of [...streams, others]) {
    await stream.next(({ event }) => event === 'open')
    assert.equal(stream.response.headers.get('Access-Control-Allow-Origin'), '*')
  }
  const people = await fetch(`${url}/r/tea/people`, {
    headers: { ...bearerHeader(two.secret), ...AS_JSON },
  })
  const names = ((await people.json()) as { people: { name: string }[] }).people.map(({ name }) => name)
  assert.deepEqual(names.sort(), ['Deploys', 'Weather Bot'])

  await ada.post(`/r/tea/tokens/${one.id}/revoke`, {})
  for (const stream of streams) await stream.ended
  const refused = await fetch(`${url}/r/tea/live.json?token=${one.secret}`)
  assert.equal(refused.status, 401)
  await ada.post('/r/tea/messages', { text: 'still here?' })
  await others.next(({ data }) => data.includes('still here?'))
  await others.close()
})

test('an operator’s token works in a vanishing room, too, even if nothing was ever stored', async (t) => {
  const server = await startServer(t)
  const secret = await addToken(server, 'fleeting', 'Deploys')
  const reader = await new Visitor(server.url).follow('/r/fleeting/live.json', bearerHeader(secret))
  await reader.next(({ event }) => event === 'open')
  await fetch(`${server.url}/r/fleeting/hook/${secret}`, {
    method: 'POST',
    body: JSON.stringify({ text: 'done' }),
    headers: { 'Content-Type': 'application/json' },
  })
  const { data } = await reader.next(({ data }) => data.includes('"text"'))
  assert.equal(JSON.parse(data).author.name, 'Deploys')
  await reader.close()
})

test('a token whose name is in use posts unverified under another, and gets its name back when it is free', async (t) => {
  const server = await startServer(t)
  const secret = await addToken(server, 'tea', 'Weather Bot')
  const eve = new Visitor(server.url)
  await eve.get('/r/tea')
  await eve.post('/r/tea/name', { name: 'WEATHER BOT' })
  const author = async () => {
    const posted = await fetch(`${server.url}/r/tea/messages`, {
      method: 'POST',
      body: new URLSearchParams({ text: 'rain' }),
      headers: { ...bearerHeader(secret), ...AS_JSON },
    })
    return ((await posted.json()) as { author: { name: string; verified: boolean } }).author
  }
  const { name, verified } = await author()
  assert.notEqual(name, 'Weather Bot')
  assert.equal(verified, false)
  await eve.post('/r/tea/leave', {})
  const again = await author()
  assert.deepEqual([again.name, again.verified], ['Weather Bot', true])
})
