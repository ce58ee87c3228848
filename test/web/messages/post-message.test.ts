import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startServer } from '../../support/http/server.ts'
import { Visitor } from '../../support/http/visitor.ts'

const AS_JSON = { Accept: 'application/json' }
const AS_FRAGMENT = { 'HX-Request': 'true' }

const keyIn = (html: string) => /name="key" value="([^"]+)"/.exec(html)?.[1]

test('a browser without scripts is redirected to the form that it used', async (t) => {
  const { url } = await startServer(t)
  const visitor = new Visitor(url)
  for (const [back, to] of [
    [undefined, '/r/tea'],
    ['line', '/r/tea/composer'],
    ['lines', '/r/tea/composer?lines'],
    ['https://elsewhere.example', '/r/tea'],
  ] as const) {
    const response = await visitor.post('/r/tea/messages', {
      text: 'hi',
      ...(back !== undefined && { back }),
    })
    assert.equal(response.status, 303)
    assert.equal(response.headers.get('Location'), to)
  }
})

test('htmx gets an empty composer with a fresh key', async (t) => {
  const { url } = await startServer(t)
  const visitor = new Visitor(url)
  const first = await (await visitor.post('/r/tea/messages', { text: 'hi', key: 'k1' }, AS_FRAGMENT)).text()
  const second = await (await visitor.post('/r/tea/messages', { text: 'ho', key: 'k2' }, AS_FRAGMENT)).text()
  assert.match(first, /<textarea[^>]*><\/textarea>/)
  assert.doesNotMatch(first, /<form|<html/)
  assert.ok(keyIn(first))
  assert.notEqual(keyIn(first), keyIn(second))
})

test('a program gets the message as JSON', async (t) => {
  const { url } = await startServer(t)
  const visitor = new Visitor(url)
  const response = await visitor.post('/r/tea/messages', { text: 'a *b*\r\nc' }, AS_JSON)
  assert.equal(response.status, 201)
  const message = (await response.json()) as Record<string, unknown>
  assert.match(String(message.id), /^[0-9a-z]+\.1$/)
  assert.equal(message.room, 'tea')
  assert.equal(message.kind, 'posted')
  assert.ok(Math.abs(Date.now() - Date.parse(String(message.at))) < 60_000)
  assert.equal(message.text, 'a *b*\nc')
  assert.equal(message.html, '<p>a <em>b</em><br>\nc</p>')
  const author = message.author as Record<string, unknown>
  assert.match(String(author.name), /^\S+ \S+$/)
  assert.match(String(author.tag), /^[a-z0-9]{10}$/)
  assert.equal(author.verified, false)
})

test('forms, JSON and plain text are accepted; anything else is 415', async (t) => {
  const { url } = await startServer(t)
  const send = (type: string | undefined, body: string | FormData) =>
    fetch(`${url}/r/tea/messages`, {
      method: 'POST',
      body,
      headers: { ...AS_JSON, ...(type && { 'Content-Type': type }) },
    })
  const multipart = new FormData()
  multipart.set('text', 'from a form')
  const accepted = [
    await send('application/json', '{"text":"from JSON"}'),
    await send('text/plain; charset=utf-8', 'from text'),
    await send('application/x-www-form-urlencoded', 'text=from+a+form'),
    await send(undefined, multipart),
  ]
  assert.deepEqual(
    accepted.map(({ status }) => status),
    [201, 201, 201, 201],
  )
  const texts = await Promise.all(
    accepted.map(async (response) => ((await response.json()) as { text: string }).text),
  )
  assert.deepEqual(texts, ['from JSON', 'from text', 'from a form', 'from a form'])
  assert.equal((await send('image/png', 'x')).status, 415)
  for (const body of ['{', '[]', 'null', '"text"', '{"text":7}', '{}']) {
    const response = await send('application/json', body)
    assert.equal(response.status, 422, body)
    assert.match(((await response.json()) as { error: { message: string } }).error.message, /^[A-Z].*\.$/)
  }
})

test('P5: the same key of the same member gives one message, and another text with it is refused', async (t) => {
  const { url } = await startServer(t)
  const visitor = new Visitor(url)
  const stream = await visitor.enter('tea')
  const post = (text: string) => visitor.post('/r/tea/messages', { text, key: 'one-key' }, AS_JSON)
  const [first, second] = [await post('once'), await post('once')]
  assert.equal(second.status, 201)
  assert.deepEqual(await second.json(), await first.json())
  assert.equal((await post('twice')).status, 422)
  await visitor.post('/r/tea/messages', { text: 'the end' })
  await stream.next(({ data }) => data.includes('the end'))
  assert.equal(stream.messages.length, 2)
  await stream.close()
})

test('a refused post gives the typed text back in every form of the composer', async (t) => {
  const { url } = await startServer(t)
  const visitor = new Visitor(url)
  const text = `<b>&"'${'é'.repeat(2100)}`
  const escaped = /&lt;b&gt;&amp;&quot;(&#39;|')é{2100}/
  for (const [fields, headers] of [
    [{ text }, {}],
    [{ text, back: 'line' }, {}],
    [{ text, back: 'lines' }, {}],
    [{ text }, AS_FRAGMENT],
  ] as const) {
    const response = await visitor.post('/r/tea/messages', fields, headers)
    assert.equal(response.status, 413)
    const html = await response.text()
    assert.match(html, escaped)
    assert.match(html, /role="alert">This message is \d+ bytes too long/)
    assert.ok(keyIn(html))
  }
  const oversized = await visitor.post('/r/tea/messages', { text: 'y'.repeat(20_000) }, AS_FRAGMENT)
  assert.equal(oversized.status, 413)
  assert.match(await oversized.text(), /y{20000}/)
  const blank = await visitor.post('/r/tea/messages', { text: ' \n ' }, AS_FRAGMENT)
  assert.equal(blank.status, 422)
})

test('P10: a body far over the limit is refused without being read', async (t) => {
  const { url } = await startServer(t)
  const visitor = new Visitor(url)
  const response = await visitor.post('/r/tea/messages', { text: 'z'.repeat(300_000) }, AS_FRAGMENT)
  assert.equal(response.status, 413)
  assert.equal(response.headers.get('HX-Reswap'), 'none')
  const endless = new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(65_536)) })
  const chunked = await fetch(`${url}/r/tea/messages`, {
    method: 'POST',
    body: endless,
    headers: { ...AS_JSON, 'Content-Type': 'text/plain' },
    duplex: 'half',
  } as RequestInit).catch((error: unknown) => error)
  assert.ok(chunked instanceof TypeError || (chunked as Response).status === 413)
})

test('curl gets refusals as plain text', async (t) => {
  const { url } = await startServer(t)
  const post = (text: string) =>
    fetch(`${url}/r/tea/messages`, {
      method: 'POST',
      body: new URLSearchParams({ text }),
      headers: { Accept: '*/*' },
    })
  assert.equal((await post('hi')).status, 201)
  const refused = await post('  ')
  assert.equal(refused.status, 422)
  assert.equal(await refused.text(), 'There is nothing in this message yet.\n')
})
