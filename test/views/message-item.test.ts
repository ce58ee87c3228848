import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { encoders } from '../../src/frames/encoders.ts'
import { messageItem } from '../../views/message-item.tsx'
import { AUTHOR, EPOCH, posted, uncheckedName } from '../support/events.ts'

test('a message shows its author, time and text', () => {
  assert.equal(
    messageItem(posted(7, 'hello *you*')),
    `<article class="message" id="m${EPOCH}.7" data-by="abc123"><b data-tag="abc123"><bdi>Quiet Otter</bdi></b> ` +
      '<time datetime="2026-11-22T17:00:00.000Z">17:00 UTC</time>' +
      '<div dir="auto"><p>hello <em>you</em></p></div></article>',
  )
})

test('a message is rendered to the same bytes every time', () => {
  assert.equal(messageItem(posted(7)), messageItem(posted(7)))
})

test('a message of only a few emoji has the class that draws them large', () => {
  for (const [text, large] of [
    ['👍', true],
    ['❤️ 👨‍👩‍👧‍👦\n🇩🇪1️⃣🏿', true],
    ['🎉🎉🎉🎉🎉🎉', false],
    ['👍!', false],
    ['1', false],
    ['©', false],
    ['hello', false],
  ] as const)
    assert.equal(messageItem(posted(7, text)).includes('class="message emoji"'), large, text)
})

test('the frame of a plain message has at most 320 bytes more than its text and its author’s name', () => {
  const plain = fc.string({ unit: fc.constantFrom('a', 'é', '北', '😀', '<', '&', '"', ' '), maxLength: 400 })
  fc.assert(
    fc.property(
      plain,
      fc.string({ unit: 'grapheme', maxLength: 32 }),
      fc.nat({ max: 99_999_999 }),
      (typed, name, seq) => {
        const author = { ...AUTHOR, name: uncheckedName(name) }
        const frame = encoders.htmx.posted({ ...posted(seq, `x${typed}x`), author })
        assert.ok(bytes(frame) - bytes(escaped(`x${typed}x`)) - bytes(escaped(name)) <= 320, frame)
      },
    ),
  )
})

function bytes(text: string): number {
  return Buffer.byteLength(text)
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
