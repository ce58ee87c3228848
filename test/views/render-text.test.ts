import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { MESSAGE_MAX_BYTES } from '../../src/chat/message.ts'
import { renderText } from '../../views/render-text.ts'
import { findInvalidHtml, visibleText } from '../support/allowed-html.ts'
import { anyMarkup, anyText } from '../support/any-text.ts'

const RENDERED = [
  ['hello', '<p>hello</p>'],
  ['two\nlines', '<p>two<br>\nlines</p>'],
  ['two\n\nparagraphs', '<p>two</p>\n<p>paragraphs</p>'],
  ['*em* **strong** ***both***', '<p><em>em</em> <strong>strong</strong> <em><strong>both</strong></em></p>'],
  ['`code *as typed* <b>`', '<p><code>code *as typed* &lt;b&gt;</code></p>'],
  ['```\n<b> *x*\n\n  y\n```', '<pre><code>&lt;b&gt; *x*\n\n  y\n</code></pre>'],
  ['```js\nlet a\n```', '<pre><code class="language-js">let a\n</code></pre>'],
  ['<b>no</b> & "so" &lt;', '<p>&lt;b&gt;no&lt;/b&gt; &amp; &quot;so&quot; &amp;lt;</p>'],
  ['__init__ and _this_ and a_b', '<p>__init__ and _this_ and a_b</p>'],
  ['2 * 3 * 4', '<p>2 * 3 * 4</p>'],
  ['# no heading', '<p># no heading</p>'],
  ['- no\n- list', '<p>- no<br>\n- list</p>'],
  ['1. no list', '<p>1. no list</p>'],
  ['> no quote', '<p>&gt; no quote</p>'],
  ['no\n---\nrule', '<p>no<br>\n---<br>\nrule</p>'],
  ['![no](image.x)', '<p>![no](image.x)</p>'],
  ['\\*as typed', '<p>\\*as typed</p>'],
  ['مرحبا *جدا*', '<p>مرحبا <em>جدا</em></p>'],
  ['שלום `קוד`', '<p>שלום <code>קוד</code></p>'],
] as const

for (const [text, html] of RENDERED) {
  test(`${JSON.stringify(text)} is rendered as expected`, () => {
    assert.equal(renderText(text), html)
  })
}

test('URLs become links that send no referrer', () => {
  const linked = (text: string) =>
    [...renderText(text).matchAll(/<a ([^>]*)>([^<]*)<\/a>/g)].map(([, attributes, linkText]) => [
      attributes,
      linkText,
    ])
  const rest = 'target="_blank" rel="nofollow noopener noreferrer ugc"'
  assert.deepEqual(linked('see https://example.com/a?b=1&c=2#d, or'), [
    [`href="https://example.com/a?b=1&amp;c=2#d" ${rest}`, 'https://example.com/a?b=1&amp;c=2#d'],
  ])
  assert.deepEqual(linked('(example.com)'), [[`href="http://example.com" ${rest}`, 'example.com']])
  assert.deepEqual(linked('http://192.168.1.7:8000/r/lobby'), [
    [`href="http://192.168.1.7:8000/r/lobby" ${rest}`, 'http://192.168.1.7:8000/r/lobby'],
  ])
  assert.deepEqual(
    linked('https://пример.рф/ж')[0]?.[0],
    `href="https://xn--e1afmkfd.xn--p1ai/%D0%B6" ${rest}`,
  )
  assert.equal(linked('*https://a.com* and **https://b.com**').length, 2)
})

test('P21: a link is shown as it was typed', () => {
  for (const typed of [
    'http://a/%%30%30',
    'https://example.com/a%20b?c=%D0%B6',
    'https://xn--e1afmkfd.xn--p1ai/ж',
    'https://пример.рф/%2e%2e',
    'HTTP://Example.COM/a',
    'example.com/%C3%BC',
  ])
    assert.equal(visibleText(renderText(typed)), typed)
})

test('only http and https become links', () => {
  const schemes = [
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'data:text/html,x',
    'vbscript:x',
    'file:///etc/passwd',
    'ftp://example.com',
    '//example.com',
    'mailto:a@example.com',
    'a@example.com',
    'tel:1',
    'blob:https',
    'view-source:x',
  ]
  for (const text of [
    ...schemes,
    ...schemes.map((scheme) => `[x](${scheme})`),
    ...schemes.map((scheme) => `<${scheme}>`),
    '[x]: javascript:alert(1)\n\n[x]',
  ])
    assert.doesNotMatch(renderText(text), /<a/, text)
})

test('a URL in code does not become a link', () => {
  assert.doesNotMatch(renderText('`https://example.com`\n```\nhttps://example.com\n```'), /<a/)
})

test('a quote after a URL does not get into the tag', () => {
  for (const quote of ['"', "'", '`', '&quot;', '%22', '\u202e"', '"onclick="alert(1)'])
    assert.equal(findInvalidHtml(renderText(`https://example.com/${quote}onmouseover=alert(1) x`)), undefined)
})

test('for any text, the HTML has only allowed tags and attributes, and every tag is closed', () => {
  fc.assert(
    fc.property(fc.oneof(anyMarkup, anyText), (text) => {
      const html = renderText(text)
      assert.equal(findInvalidHtml(html), undefined, html)
    }),
    { numRuns: 5000 },
  )
})

test('P21: text without markup is shown as it was typed', () => {
  const word = fc.string({
    unit: fc.oneof(
      fc.constantFrom('_', '<', '&', '"', '.', ':', '/', '[', '('),
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
    ),
    minLength: 1,
  })
  fc.assert(
    fc.property(word, (typed) => {
      const text = typed.replace(/[*`~\s\p{Cc}]+/gu, '-')
      assert.equal(visibleText(renderText(text)), text)
    }),
    { numRuns: 2000 },
  )
})

test('a line is rendered the same alone and before a line of markup', () => {
  const pieces = [
    ..."abé中م1.,;:!?'’()%+=#-/@ ",
    '. ',
    '.com',
    'http:',
    'www',
    'a.dev',
    '1.2.3.4',
    '\u0301',
    '。',
    '\u2003',
  ]
  const anyLine = fc
    .array(fc.constantFrom(...pieces), { maxLength: 30, size: 'max' })
    .map((all) => all.join(''))
  fc.assert(
    fc.property(anyLine, (line) => {
      fc.pre(line.trim() !== '')
      assert.equal(renderText(`${line}\n\n*x*`), `${renderText(line)}\n<p><em>x</em></p>`)
    }),
    { numRuns: 3000 },
  )
})

test('a long text of nothing but markup is rendered to valid HTML of bounded length', () => {
  const pieces = [
    '*',
    '**',
    '*a',
    'a*',
    '**a ',
    '`',
    '`a',
    '``a`',
    '[',
    '](',
    '![',
    '<',
    '<a',
    '&',
    '"',
    '_',
    '~',
    '```\n',
    '~~~\n',
    '\n',
    ' ',
    '\\',
    'a.',
    'a@',
    'http://',
    'https://a.com/(',
    'https://a.com/"',
    'a.com ',
    'a.com/?(',
    'xn--',
    '-.',
    '*_',
    '`*',
    '()',
    '{[(',
    '\u202e',
    '\0',
    '1.',
    '//a.com:',
  ]
  for (const piece of pieces) {
    const html = renderText(piece.repeat(MESSAGE_MAX_BYTES / Buffer.byteLength(piece)))
    assert.equal(findInvalidHtml(html), undefined, piece)
    assert.ok(html.length < 40 * MESSAGE_MAX_BYTES, piece)
  }
})
