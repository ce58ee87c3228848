import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NO_LIMITS } from '../../../src/config/limit-flags.ts'
import { createSecrets } from '../../../src/secrets/secrets.ts'
import { generateSessionKeys, rotateSessionKeys } from '../../../src/secrets/session-keys.ts'
import { systemClock } from '../../../src/system/clock.ts'
import { postTexts } from '../../support/http/post-texts.ts'
import { createKeptRoom, startServer } from '../../support/http/server.ts'
import { Visitor } from '../../support/http/visitor.ts'
import { emptyFolder } from '../../support/process/snug-process.ts'

const AS_JSON = { Accept: 'application/json' }

/** Sends a request like a program, with the cookies of a visitor. */
function send(url: string, visitor: Visitor, method: string, path: string, body?: object, headers = {}) {
  return fetch(url + path, {
    method,
    headers: {
      ...AS_JSON,
      Origin: url,
      ...(visitor.cookie && { Cookie: visitor.cookie }),
      ...(body && { 'Content-Type': 'application/json' }),
      ...headers,
    },
    ...(body && { body: JSON.stringify(body) }),
  })
}

test('an author reads, edits and deletes a message by JSON, and all readers receive the changes', async (t) => {
  const server = await startServer(t)
  const { url } = server
  await createKeptRoom(server, 'tea')
  const [ada, ben] = [new Visitor(url), new Visitor(url)]
  const reader = await ben.follow('/r/tea/live.json')
  const [id = ''] = await postTexts(ada, 'tea', 'helo')
  const path = `/r/tea/messages/${id}`
  for (const [method, text] of [
    ['PATCH', 'hello'],
    ['PUT', 'hello *you*'],
  ] as const) {
    const response = await send(url, ada, method, path, { text })
    assert.equal(response.status, 200)
    const changed = (await response.json()) as Record<string, string>
    assert.deepEqual([changed.id, changed.text], [id, text])
    assert.ok(changed.editedAt)
    const event = await reader.next(({ event, data }) => event === 'edited' && data.includes(text))
    assert.deepEqual(JSON.parse(event.data).message, changed)
    assert.deepEqual(await (await ben.get(path, AS_JSON)).json(), changed)
  }
  assert.equal((await send(url, ada, 'DELETE', path)).status, 204)
  const event = await reader.next(({ event }) => event === 'deleted')
  assert.equal(JSON.parse(event.data).of, id)
  assert.equal((await ada.get(path, AS_JSON)).status, 404)
  for (const method of ['PATCH', 'DELETE'])
    assert.equal((await send(url, ada, method, path, { text: 'x' })).status, 404)
  await reader.close()
})

test('an edit that changes nothing makes no event', async (t) => {
  const server = await startServer(t)
  await createKeptRoom(server, 'tea')
  const ada = new Visitor(server.url)
  const [id = ''] = await postTexts(ada, 'tea', 'as it is')
  const response = await send(server.url, ada, 'PATCH', `/r/tea/messages/${id}`, { text: 'as it is \n' })
  assert.equal(response.status, 200)
  assert.equal(((await response.json()) as { editedAt?: string }).editedAt, undefined)
  assert.equal((await postTexts(ada, 'tea', 'the next'))[0], id.replace(/1$/, '2'))
})

test('only the author and the owner of the room can change a message', async (t) => {
  const server = await startServer(t)
  const { url } = server
  await createKeptRoom(server, 'tea', 'the-token')
  const [ada, ben, owner] = [new Visitor(url), new Visitor(url), new Visitor(url)]
  const [first = '', second = ''] = await postTexts(ada, 'tea', 'mine', 'too')
  await postTexts(ben, 'tea', 'hello')
  await owner.get('/r/tea')
  owner.cookie = `${owner.cookie}; snug-owner=the-token`
  const path = `/r/tea/messages/${first}`
  for (const visitor of [ben, new Visitor(url)]) {
    assert.equal((await send(url, visitor, 'PATCH', path, { text: 'x' })).status, 403)
    assert.equal((await send(url, visitor, 'DELETE', path)).status, 403)
    const html = await (await visitor.get(path)).text()
    assert.doesNotMatch(html, /<form/)
    assert.doesNotMatch(await (await visitor.get(`/r/tea?around=${first}`)).text(), /Change or delete/)
  }
  assert.match(await (await ada.get(path)).text(), /<form/)
  assert.equal((await owner.post(path, { text: 'tidied' })).status, 303)
  assert.equal((await owner.post(`/r/tea/messages/${second}/delete`, {})).status, 303)
  const page = await (await ben.get('/r/tea')).text()
  assert.match(page, /class="edited"[^>]*><p>tidied/)
  assert.doesNotMatch(page, /too/)
})

test('the forms redirect to the message and to the room, and a refusal gives the typed text back', async (t) => {
  const server = await startServer(t)
  await createKeptRoom(server, 'tea')
  const ada = new Visitor(server.url)
  const [id = ''] = await postTexts(ada, 'tea', '\nhelo')
  const path = `/r/tea/messages/${id}`
  const changed = await ada.post(path, { text: 'hello' })
  assert.equal(changed.status, 303)
  assert.equal(changed.headers.get('Location'), `/r/tea?around=${id}#m${id}`)
  const long = `<b>${'é'.repeat(2100)}`
  const refused = await ada.post(path, { text: long })
  assert.equal(refused.status, 413)
  const html = await refused.text()
  assert.match(html, /role="alert">This message is \d+ bytes too long/)
  assert.match(html, />\n&lt;b&gt;é{2100}<\/textarea>/)
  assert.equal((await ada.post(path, { text: ' ' })).status, 422)
  const deleted = await ada.post(`${path}/delete`, {})
  assert.deepEqual([deleted.status, deleted.headers.get('Location')], [303, '/r/tea'])
})

test('a message of a vanishing room can’t be changed, and a sentence says so', async (t) => {
  const { url } = await startServer(t)
  const ada = new Visitor(url)
  const [id = ''] = await postTexts(ada, 'pop', 'said')
  for (const method of ['PATCH', 'DELETE']) {
    const response = await send(url, ada, method, `/r/pop/messages/${id}`, { text: 'x' })
    assert.equal(response.status, 409)
    assert.match(
      ((await response.json()) as { error: { message: string } }).error.message,
      /^What was said.*\.$/,
    )
  }
})

test('other sites can’t change a message, and a change costs as much as a post', async (t) => {
  const post = { member: { count: 4, windowMs: 3_600_000 }, address: undefined }
  const server = await startServer(t, { limits: { ...NO_LIMITS, post } })
  const { url } = server
  await createKeptRoom(server, 'tea')
  const ada = new Visitor(url)
  await ada.get('/r/tea')
  const [id = ''] = await postTexts(ada, 'tea', 'said')
  const path = `/r/tea/messages/${id}`
  for (const method of ['PATCH', 'DELETE', 'POST']) {
    const headers = { Origin: 'https://evil.example' }
    assert.equal((await send(url, ada, method, path, { text: 'x' }, headers)).status, 403)
  }
  assert.equal((await send(url, ada, 'PATCH', path, { text: ' ' })).status, 422)
  for (const text of ['one', 'two', 'three'])
    assert.equal((await send(url, ada, 'PATCH', path, { text })).status, 200)
  const refused = await send(url, ada, 'DELETE', path)
  assert.equal(refused.status, 429)
  assert.ok(refused.headers.get('Retry-After'))
})

test('an author can edit a message after any number of key rotations', async (t) => {
  const folder = { path: await emptyFolder(t) }
  const data = { folder, createFolder: async () => folder }
  let keys = generateSessionKeys()
  const ada = new Map<string, string>()
  const start = async () => {
    const server = await startServer(t, {}, systemClock, data, createSecrets(keys))
    const visitor = new Visitor(server.url)
    visitor.cookie = ada.get('cookie') ?? ''
    await visitor.get('/')
    ada.set('cookie', visitor.cookie)
    return { server, visitor }
  }
  const { server, visitor } = await start()
  await createKeptRoom(server, 'tea')
  const [id = ''] = await postTexts(visitor, 'tea', 'helo')
  await server.stop()
  for (const text of ['one', 'two', 'three']) {
    keys = rotateSessionKeys(keys)
    const { server, visitor } = await start()
    assert.equal((await send(server.url, visitor, 'PATCH', `/r/tea/messages/${id}`, { text })).status, 200)
    await server.stop()
  }
})
