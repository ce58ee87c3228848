import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startServer } from '../../support/http/server.ts'
import { Visitor } from '../../support/http/visitor.ts'

const AS_JSON = { Accept: 'application/json' }

test('a new name is the author’s from then on, and the tag stays', async (t) => {
  const { url } = await startServer(t)
  const ada = new Visitor(url)
  const post = async (text: string) =>
    (await (await ada.post('/r/tea/messages', { text }, AS_JSON)).json()) as {
      author: { name: string; tag: string }
    }
  const before = await post('first')
  const taken = await ada.post('/r/tea/name', { name: '  Ada   Lovelace ' }, AS_JSON)
  assert.deepEqual(
    [taken.status, await taken.json()],
    [200, { name: 'Ada Lovelace', tag: before.author.tag }],
  )
  const after = await post('second')
  assert.equal(after.author.name, 'Ada Lovelace')
  assert.equal(after.author.tag, before.author.tag)
  assert.match(await (await ada.get('/r/tea')).text(), /class="own-name">Ada Lovelace</)
})

test('a name in use is refused with free alternatives in every format, and the form gives it back', async (t) => {
  const { url } = await startServer(t)
  const [ada, ben] = [new Visitor(url), new Visitor(url)]
  await ada.get('/r/tea')
  await ben.get('/r/tea')
  await ada.post('/r/tea/name', { name: 'Ada' })
  const json = await ben.post('/r/tea/name', { name: 'ADA' }, AS_JSON)
  assert.equal(json.status, 409)
  const { error } = (await json.json()) as { error: { code: string; message: string; offers: string[] } }
  assert.deepEqual([error.code, error.offers], ['conflict', ['ADA 2', 'ADA 3', 'ADA 4']])
  assert.match(error.message, /“ADA” is taken here/)
  const page = await ben.post('/r/tea/name', { name: 'ADA' })
  const html = await page.text()
  assert.equal(page.status, 409)
  assert.match(html, /value="ADA"/)
  assert.match(html, /value="ADA 2" class="secondary"/)
  const part = await (await ben.post('/r/tea/name', { name: 'ADA' }, { 'HX-Request': 'true' })).text()
  assert.match(part, /^<label/)
  assert.match(part, /role="alert"/)
  const text = await ben.post('/r/tea/name', { name: 'ADA' }, { Accept: 'text/plain' })
  assert.match(await text.text(), /^“ADA” is taken here.*\nADA 2\nADA 3\nADA 4\n$/)
  for (const offer of error.offers)
    assert.equal((await ben.post('/r/tea/name', { name: offer }, AS_JSON)).status, 200)
})

test('an invalid name is refused with a sentence', async (t) => {
  const { url } = await startServer(t)
  const ada = new Visitor(url)
  await ada.get('/r/tea')
  for (const name of ['', '   ', 'x'.repeat(33), '\u202eadA', 'Admin']) {
    const refused = await ada.post('/r/tea/name', { name }, AS_JSON)
    assert.equal(refused.status, 422, name)
    assert.match(((await refused.json()) as { error: { message: string } }).error.message, /\w.*\.$/)
  }
  assert.equal((await ada.post('/r/tea/name', {}, AS_JSON)).status, 422)
})

test('without scripts the composer’s frame changes the name and then shows the composer again', async (t) => {
  const { url } = await startServer(t)
  const ada = new Visitor(url)
  const form = await (await ada.get('/r/tea/composer?name')).text()
  assert.match(form, /<input id="name" name="name" value="\w+ \w+"/)
  const taken = await ada.post('/r/tea/name', { name: 'Ada', back: 'line' })
  assert.deepEqual([taken.status, taken.headers.get('Location')], [303, '/r/tea/composer'])
  const refused = await ada.post('/r/tea/name', { name: '', back: 'line' })
  assert.match(refused.headers.get('Content-Security-Policy') ?? '', /frame-ancestors 'self'/)
  const alone = await ada.post('/r/tea/name', { name: 'Ada' })
  assert.equal(alone.headers.get('Location'), '/r/tea')
})

test('a browser takes its old name again in each room, until it leaves the room', async (t) => {
  const { url } = await startServer(t, { nameHold: 0 })
  const ada = new Visitor(url)
  await ada.get('/r/tea')
  const nameIn = async (room: string) =>
    /class="own-name">([^<]*)</.exec(await (await ada.get(`/r/${room}`)).text())?.[1]
  const [tea, coffee] = [await nameIn('tea'), await nameIn('coffee')]
  await ada.post('/r/tea/name', { name: 'Ada & Söhne' })
  // With `nameHold: 0` the server holds no names: only the browser remembers them.
  assert.equal(await nameIn('tea'), 'Ada &amp; Söhne')
  assert.equal(await nameIn('coffee'), coffee)
  await ada.post('/r/coffee/name', { name: '__proto__' })
  assert.deepEqual([await nameIn('tea'), await nameIn('coffee')], ['Ada &amp; Söhne', '__proto__'])
  await ada.post('/r/tea/leave', {})
  assert.notEqual(await nameIn('tea'), 'Ada &amp; Söhne')
  assert.equal(await nameIn('coffee'), '__proto__')
  assert.ok(tea)
})

test('a forged cookie of names does no harm', async (t) => {
  const { url } = await startServer(t)
  for (const value of [
    '%',
    'tea=%00',
    'tea=',
    '=x',
    `tea=${'x'.repeat(3000)}`,
    'tea=Admin',
    '~~~',
    'a=b~'.repeat(200),
  ]) {
    const page = await fetch(`${url}/r/tea`, { headers: { Cookie: `snug-names=${value}` } })
    assert.equal(page.status, 200)
    assert.match(await page.text(), /class="own-name">\w+ \w+</)
  }
})
