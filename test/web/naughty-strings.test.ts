import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Name, parseName } from '../../src/chat/names/name.ts'
import { Refusal } from '../../src/chat/refusal.ts'
import type { MessageJson } from '../../src/frames/json.ts'
import { findInvalidHtml, visibleText } from '../support/allowed-html.ts'
import { startServer } from '../support/http/server.ts'
import { Visitor } from '../support/http/visitor.ts'
import { NAUGHTY } from '../support/naughty-strings.ts'

const AS_JSON = { Accept: 'application/json' }
const SENTENCE = /^[A-Z“].{10,}\.$/u

/** The forms that take a typed line: the path, the field, and the least number of accepted lines. */
const FIELDS = [
  { what: 'a room', path: '/rooms', field: 'room', acceptedMin: 300 },
  { what: 'a message', path: '/r/naughty/messages', field: 'text', acceptedMin: 300 },
  { what: 'a name', path: '/r/naughty/name', field: 'name', acceptedMin: 150 },
] as const

/** The text without blanks and the marks that only format it. */
const withoutMarks = (text: string) => text.replace(/[*`\s]/g, '')

/** The visible text of an attribute or an element. */
const unescaped = (html = '') => visibleText(html)

for (const { what, path, field, acceptedMin } of FIELDS) {
  test(`every naughty string is accepted as ${what}, or refused with a sentence and given back`, async (t) => {
    const { url, logged } = await startServer(t)
    const visitor = new Visitor(url)
    let accepted = 0
    for (const line of NAUGHTY) {
      const quoted = JSON.stringify(line)
      const asJson = await visitor.post(path, { [field]: line }, AS_JSON)
      const json = await asJson.text()
      const asPage = await visitor.post(path, { [field]: line })
      const page = await asPage.text()
      assert.ok([200, 201, 303, 413, 422].includes(asJson.status), `${asJson.status} for ${quoted}`)
      assert.equal(asPage.status >= 400, asJson.status >= 400, quoted)
      if (asJson.status < 400) {
        accepted++
        continue
      }
      const { error } = JSON.parse(json) as { error: { message: string } }
      assert.match(error.message, SENTENCE, quoted)
      assert.equal(unescaped(/role="alert">([^<]*)</.exec(page)?.[1]), error.message, quoted)
      const given = new RegExp(`name="${field}"[^>]* value="([^"]*)"|<textarea[^>]*>([^<]*)<`).exec(page)
      // HTML has no NUL, and browsers drop a line break at the beginning of a field.
      assert.equal(unescaped(given?.[1] ?? given?.[2]), line, quoted)
    }
    assert.ok(accepted > acceptedMin, `only ${accepted} of ${NAUGHTY.length} were accepted`)
    assert.doesNotMatch(logged(), /"msg":"bug"/)
  })
}

test('every naughty string is a room whose page shows its name, or is refused with a sentence', async (t) => {
  const { url, logged } = await startServer(t)
  const visitor = new Visitor(url)
  for (const line of NAUGHTY) {
    const quoted = JSON.stringify(line)
    const made = await visitor.post('/rooms', { room: line })
    const address = made.headers.get('Location')
    if (address !== null) {
      const page = await visitor.get(address)
      assert.equal(page.status, 200, quoted)
      const html = await page.text()
      const room = decodeURIComponent(address.slice('/r/'.length))
      assert.equal(unescaped(/<h1><bdi>([^<]*)<\/bdi>/.exec(html)?.[1]), room, quoted)
      assert.equal(unescaped(/<title>([^<]*)<\/title>/.exec(html)?.[1]), `${room} &#183; Snug`, quoted)
      assert.equal(html.match(/<script/g)?.length, 1, quoted)
    }
    const typed = await visitor.get(`/r/${encodeURIComponent(line)}`)
    if (typed.status === 301) assert.equal(typed.headers.get('Location'), address, quoted)
    else if (address !== null && decodeURIComponent(address) === `/r/${line}`) assert.equal(typed.status, 200)
    else {
      assert.equal(typed.status, 404, quoted)
      assert.match(unescaped(/<p class="lead">([^<]*)</.exec(await typed.text())?.[1]), SENTENCE, quoted)
    }
  }
  assert.doesNotMatch(logged(), /"msg":"bug"/)
})

test('P21: every naughty string posted as a message reaches every reader as it was typed', async (t) => {
  const { url } = await startServer(t)
  const visitor = new Visitor(url)
  const page = await visitor.enter('naughty')
  const program = await visitor.follow('/r/naughty/live.json')
  await program.next(({ event }) => event === 'open')
  const posted: MessageJson[] = []
  for (const line of NAUGHTY) {
    const response = await visitor.post('/r/naughty/messages', { text: line }, AS_JSON)
    if (response.status === 201) posted.push((await response.json()) as MessageJson)
  }
  const last = posted.at(-1)
  assert.ok(last)
  await program.next(({ id }) => id === last.id)
  await page.next(({ id }) => id === last.id)
  const read = program.messages.map(({ data }) => JSON.parse(data) as MessageJson)
  assert.deepEqual(read, posted)

  const readable = NAUGHTY.map((line) => line.replace(/[\0-\x08\x0b-\x1f\x7f-\x9f]/g, '').trimEnd())
  for (const [index, { id, text, html }] of read.entries()) {
    const quoted = JSON.stringify(text)
    assert.ok(readable.includes(text), `${quoted} is not in the list`)
    assert.equal(findInvalidHtml(html), undefined, quoted)
    assert.equal(withoutMarks(visibleText(html)), withoutMarks(text), quoted)
    const frame = page.messages[index]
    assert.equal(frame?.id, id)
    assert.ok(frame?.data.includes(`<div dir="auto">${html}</div>`), quoted)
  }
  await page.close()
  await program.close()
})

test('every naughty string is accepted as a name, or refused with a sentence', () => {
  const names = new Set<string>()
  for (const line of NAUGHTY) {
    const name = nameOrSentence(line)
    if (name instanceof Refusal) assert.match(name.message, SENTENCE, JSON.stringify(line))
    else names.add(name)
  }
  for (const name of ['undefined', 'null', 'NaN', 'true', '1/0', "'", "'; DROP TABLE users", '__proto__'])
    assert.equal(nameOrSentence(name) instanceof Refusal, name === "'")
  assert.ok(names.size > 150, `only ${names.size} were accepted`)
})

function nameOrSentence(line: string): Name | Refusal {
  try {
    return parseName(line)
  } catch (error) {
    if (error instanceof Refusal) return error
    throw error
  }
}
