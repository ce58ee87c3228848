import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startServer } from '../../support/http/server.ts'

const FORM = 'application/x-www-form-urlencoded'
const MULTIPART = 'multipart/form-data; boundary=x'

/** Windows-1252 and every other encoding whose code points are bytes. */
const latin = (text: string) => Buffer.from(text, 'latin1')
const utf8 = (text: string) => Buffer.from(text)
const utf16 = (text: string) => Buffer.from(text, 'utf16le')
const bigEndian = (text: string) => utf16(text).swap16()
const part = (text: string, more = '') =>
  `--x\r\nContent-Disposition: form-data; name="text"${more}\r\n\r\n${text}\r\n--x--\r\n`

async function starter(t: Parameters<typeof startServer>[0]) {
  const { url, logged } = await startServer(t)
  const post = async (type: string, body: Buffer, path = '/r/tea/messages') => {
    const response = await fetch(url + path, {
      method: 'POST',
      body: new Uint8Array(body),
      headers: { Accept: 'application/json', 'Content-Type': type },
    })
    const json = (await response.json()) as { text?: string; name?: string; error?: { message: string } }
    return { status: response.status, text: json.text ?? json.name, message: json.error?.message ?? '' }
  }
  return { post, logged }
}

test('text that is not UTF-8 is refused with a sentence on encodings, in every kind of body', async (t) => {
  const { post, logged } = await starter(t)
  const bodies: [string, Buffer, string?][] = [
    [FORM, latin('text=Gr\xfc\xdfe')],
    [FORM, latin('text=Gr%FC%DFe')],
    [FORM, latin('text=ok&other=%E4')],
    [FORM, latin('t%E4xt=x&text=ok')],
    [FORM, latin('text=%ED%A0%BD')],
    [FORM, latin('text=%C3')],
    ['text/plain', latin('Gr\xfc\xdfe')],
    ['text/plain', Buffer.from([0x48, 0x69, 0x20, 0xf0, 0x9f, 0x98])],
    ['text/plain; charset=utf-8', latin('Gr\xfc\xdfe')],
    ['text/plain; charset=us-ascii', latin('Gr\xfc\xdfe')],
    ['text/plain', utf16('\ufeffGrüße')],
    ['text/plain', utf16('plain letters')],
    ['text/plain', bigEndian('plain letters')],
    ['application/json', latin('{"text":"Gr\xfc\xdfe"}')],
    ['application/json', utf16('\ufeff{"text":"hi"}')],
    [MULTIPART, latin(part('Gr\xfc\xdfe'))],
    [FORM, latin('name=J\xf6rg'), '/r/tea/name'],
    [FORM, latin('name=J%F6rg'), '/r/tea/name'],
    [FORM, latin('room=M%FCnchen'), '/rooms'],
  ]
  for (const [type, body, path] of bodies) {
    const { status, message } = await post(type, body, path)
    assert.equal(status, 422, `${type} ${body.toString('latin1')}`)
    assert.match(message, /not encoded in UTF-8.*charset=windows-1252/)
  }
  assert.doesNotMatch(logged(), /"bug"/)
})

test('text in an encoding that the Content-Type declares is taken', async (t) => {
  const { post } = await starter(t)
  const bodies: [string, Buffer][] = [
    ['text/plain; charset=windows-1252', latin('Grüße')],
    ['text/plain;charset="ISO-8859-1"', latin('Grüße')],
    ['text/plain; format=flowed; Charset=latin1', latin('Grüße')],
    ['text/plain; charset=utf-16le', utf16('Grüße')],
    ['text/plain; charset=utf-16', utf16('\ufeffGrüße')],
    ['text/plain; charset=utf-16be', bigEndian('Grüße')],
    ['application/json; charset=utf-16le', utf16('{"text":"Grüße"}')],
    ['application/json; charset=windows-1252', latin('{"text":"Grüße"}')],
    [`${FORM}; charset=windows-1252`, latin('text=Gr%FC%DFe')],
    [`${FORM}; charset=windows-1252`, latin('key=a&text=Gr\xfc\xdfe')],
    [`${FORM}; charset=utf-16le`, utf16('text=Grüße')],
    [`${MULTIPART}; charset=windows-1252`, latin(part('Grüße'))],
    [MULTIPART, latin(part('Grüße', '\r\nContent-Type: text/plain; charset=windows-1252'))],
    [MULTIPART, utf8(part('Grüße'))],
    [FORM, utf8('text=Grüße')],
    [FORM, utf8('text=Gr%C3%BC%c3%9fe')],
  ]
  for (const [type, body] of bodies) {
    const { status, text } = await post(type, body)
    assert.deepEqual({ status, text }, { status: 201, text: 'Grüße' }, type)
  }
  const chinese = await post('text/plain; charset=gb18030', Buffer.from([0xc4, 0xe3, 0xba, 0xc3]))
  assert.equal(chinese.text, '你好')
  const japanese = await post('text/plain; charset=shift_jis', Buffer.from([0x82, 0xb1]))
  assert.equal(japanese.text, 'こ')
})

test('a file in a form is the text that it contains, as `curl -F text=@file` sends it', async (t) => {
  const { post } = await starter(t)
  const file = (type: string) => `; filename="notes.txt"\r\nContent-Type: ${type}`
  for (const [body, text] of [
    [utf8(part('Grüße\n', file('text/plain'))), 'Grüße'],
    [utf8(part('\ufeffGrüße', file('application/octet-stream'))), 'Grüße'],
    [latin(part('Gr\xfc\xdfe', file('text/plain; charset=windows-1252'))), 'Grüße'],
    [utf8(part('\r\n--y\r\nGrüße', "; filename*=UTF-8''%C3%A4.txt")), '--y\nGrüße'],
  ] as const) {
    const posted = await post(MULTIPART, body)
    assert.deepEqual([posted.status, posted.text], [201, text], body.toString('latin1'))
  }
  const picture = Buffer.from(
    part('\xff\xd8\xff\xe0', '; filename="a.jpg"\r\nContent-Type: image/jpeg'),
    'latin1',
  )
  const refused = await post(MULTIPART, picture)
  assert.equal(refused.status, 422)
  assert.match(refused.message, /not encoded in UTF-8/)
  // A file beside the text is no part of it.
  const beside = picture.toString('latin1').replace('name="text"', 'name="file"').replace('--x--', part('hi'))
  assert.equal((await post(MULTIPART, latin(beside))).text, 'hi')
})

test('JSON is read whatever type `curl -d` and other clients give it', async (t) => {
  const { post } = await starter(t)
  for (const type of [
    FORM,
    'text/json',
    'application/problem+json',
    `${FORM}; charset=utf-8`,
    'Application/JSON',
  ])
    assert.equal((await post(type, utf8('\ufeff {"text":"a=b&c"}'))).text, 'a=b&c', type)
  // What only looks like JSON is what it was before.
  assert.equal((await post(FORM, utf8('{"text"=1&text=hi'))).text, 'hi')
  assert.equal((await post('text/plain', utf8('{"text":"hi"}'))).text, '{"text":"hi"}')
  assert.match((await post(FORM, utf8('hello there'))).message, /named text, such as text=hello/)
})

test('a byte order mark before the text is skipped, in every kind of body', async (t) => {
  const { post } = await starter(t)
  const bodies: [string, Buffer][] = [
    [FORM, utf8('\ufefftext=hi')],
    [FORM, utf8('text=%EF%BB%BFhi')],
    [`${FORM}; charset=windows-1252`, utf8('\ufefftext=hi')],
    ['text/plain', utf8('\ufeffhi')],
    ['text/plain; charset=utf-16be', bigEndian('\ufeffhi')],
    ['application/json', utf8('\ufeff{"text":"hi"}')],
    ['application/json', utf8('{"text":"\\ufeffhi"}')],
    [MULTIPART, utf8(part('\ufeffhi'))],
  ]
  for (const [type, body] of bodies) {
    const { status, text } = await post(type, body)
    assert.deepEqual({ status, text }, { status: 201, text: 'hi' }, `${type} ${body.toString('latin1')}`)
  }
  assert.equal((await post(FORM, utf8('name=%EF%BB%BFAda'), '/r/tea/name')).text, 'Ada')
})

test('a replacement character that somebody typed is text like any other', async (t) => {
  const { post } = await starter(t)
  for (const [type, body] of [
    [FORM, 'text=a%EF%BF%BDb%20+c'],
    ['text/plain', 'a\ufffdb  c'],
    ['application/json', '{"text":"a\ufffdb  c"}'],
    [MULTIPART, part('a\ufffdb  c')],
  ] as const) {
    const { status, text } = await post(type, utf8(body))
    assert.deepEqual({ status, text }, { status: 201, text: 'a\ufffdb  c' }, type)
  }
})

test('control characters are no sign of an encoding', async (t) => {
  const { post } = await starter(t)
  assert.equal((await post('text/plain', utf8('a\0bc\x07def'))).text, 'abcdef')
})
