import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { KEY_MAX_LENGTH, MESSAGE_MAX_BYTES, parseDraft } from '../../src/chat/message.ts'
import { Refusal } from '../../src/chat/refusal.ts'
import { anyText } from '../support/any-text.ts'
import { refused } from '../support/refused.ts'

const textOf = (text: unknown) => parseDraft({ text }).text

test('a text stays as it was typed', () => {
  const typed = '  *Hi*,\n\tthis is <b>it</b> & that…\n\n👩‍👩‍👧 مرحبا e\u0301'
  assert.equal(textOf(typed), typed)
})

test('control characters are dropped, except line feeds and tabs', () => {
  const controls = Array.from({ length: 0x20 }, (_, code) => [code, code + 0x80]).flat()
  const all = String.fromCharCode(...controls.filter((code) => code !== 13), 0x7f)
  assert.equal(textOf(`a${all}b`), 'a\t\nb')
  assert.equal(textOf('\u001b[31mred\u001b[0m\u0007'), '[31mred[0m')
})

test('line breaks of any system become line feeds', () => {
  assert.equal(textOf('a\r\nb\rc\nd\n\re\r\r\nf'), 'a\nb\nc\nd\n\ne\n\nf')
})

test('half a surrogate pair becomes the replacement character', () => {
  assert.equal(textOf('a\ud83db\ude00c😀'), 'a\ufffdb\ufffdc😀')
})

test('blank lines before a text and blanks after it are cut, and its indentation stays', () => {
  assert.equal(textOf('\n \t\n  indented\n\n \t\r\n'), '  indented')
})

test('a text that shows nothing is refused', () => {
  const nothing = [
    '',
    ' ',
    '\n\t\r\n',
    '\0\u001b',
    '\u200b',
    '\u00ad\u2060',
    '\u3164',
    '\u2800',
    '\ufe0f',
    '\ufeff',
    '\u00a0',
  ]
  for (const text of [...nothing, nothing.join('')])
    assert.throws(() => textOf(text), refused('invalid'), JSON.stringify(text))
})

test('an input that is not a text is refused', () => {
  for (const text of [undefined, null, 5, {}, ['a'], new Blob(['a'])])
    assert.throws(() => textOf(text), refused('invalid'))
})

test('P10: a text can have as many bytes of UTF-8 as the limit, and not one more', () => {
  for (const [letter, bytes] of [
    ['a', 1],
    ['é', 2],
    ['北', 3],
    ['😀', 4],
    ['\ud800', 3],
  ] as const) {
    const remainder = MESSAGE_MAX_BYTES % bytes
    const longest = letter.repeat((MESSAGE_MAX_BYTES - remainder) / bytes) + 'x'.repeat(remainder)
    assert.equal(Buffer.byteLength(textOf(longest)), MESSAGE_MAX_BYTES)
    assert.throws(() => textOf(`${longest}x`), refused('too-large'))
  }
})

test('the refusal of a long text gives the number of bytes above the limit', () => {
  assert.throws(() => textOf('a'.repeat(MESSAGE_MAX_BYTES + 7)), /7 bytes too long/)
})

test('the parts that are cut from a text do not count', () => {
  assert.equal(textOf(`a${'\0'.repeat(9000)}${' '.repeat(9000)}`), 'a')
})

test('a long run of blanks is parsed as fast as any other text', () => {
  // Matching from each of its positions would take minutes.
  assert.throws(() => textOf(`a${' '.repeat(500_000)}b`), refused('too-large'))
  assert.throws(() => textOf('\n '.repeat(250_000)), refused('invalid'))
})

test('a key is optional, and stays as it is', () => {
  assert.equal(parseDraft({ text: 'a' }).key, undefined)
  assert.equal(parseDraft({ text: 'a', key: '' }).key, undefined)
  assert.equal(parseDraft({ text: 'a', key: null }).key, undefined)
  for (const key of ['k', '__proto__', '!~', 'k'.repeat(KEY_MAX_LENGTH)])
    assert.equal(parseDraft({ text: 'a', key }).key, key)
})

test('a key that is too long or not visible ASCII is refused', () => {
  for (const key of ['k'.repeat(KEY_MAX_LENGTH + 1), 'a b', 'a\n', '\0', 'é', 5, {}, ['k']])
    assert.throws(() => parseDraft({ text: 'a', key }), refused('invalid'), JSON.stringify(key))
})

test('every accepted text is well formed and bounded, and is parsed to itself', () => {
  fc.assert(
    fc.property(anyText, (typed) => {
      let text: string
      try {
        text = textOf(typed)
      } catch (error) {
        assert.ok(error instanceof Refusal)
        return
      }
      assert.ok(text.isWellFormed())
      assert.doesNotMatch(text, /[\0-\x08\x0b-\x1f\x7f-\x9f]/)
      assert.ok(Buffer.byteLength(text) <= MESSAGE_MAX_BYTES)
      assert.equal(textOf(text), text)
    }),
    { numRuns: 2000 },
  )
})

test('a text of one byte too many is said to be just that', () => {
  assert.throws(() => parseDraft({ text: 'x'.repeat(4097) }), /is 1 byte too long; at most 4096 fit/)
  assert.throws(() => parseDraft({ text: 'x'.repeat(4098) }), /is 2 bytes too long/)
})
