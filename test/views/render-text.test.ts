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
  // Emphasis begins and ends at the border of words.
  ['6*7*8=336', '<p>6*7*8=336</p>'],
  ['Kolleg*innen und Freund*innen', '<p>Kolleg*innen und Freund*innen</p>'],
  ['3**2 + 4**2', '<p>3**2 + 4**2</p>'],
  ['/* a */ b /*c*/', '<p>/* a */ b /*c*/</p>'],
  ['f(*args, **kwargs) and (*p)(*q)', '<p>f(*args, **kwargs) and (*p)(*q)</p>'],
  ['int *p, *q; *p *= *q', '<p>int *p, *q; *p *= *q</p>'],
  ['ls *.ts src/* and .*foo.*', '<p>ls *.ts src/* and .*foo.*</p>'],
  ['f**k, sh*t, s***', '<p>f**k, sh*t, s***</p>'],
  ['count(*), sum(*)', '<p>count(*), sum(*)</p>'],
  ['*M*A*S*H*', '<p><em>M*A*S*H</em></p>'],
  ['(*a*), "*b*"; *c*!', '<p>(<em>a</em>), &quot;<em>b</em>&quot;; <em>c</em>!</p>'],
  ['**a *b***, ***a* b**', '<p><strong>a <em>b</em></strong>, <strong><em>a</em> b</strong></p>'],
  ['*a **b** c', '<p>*a <strong>b</strong> c</p>'],
  ['重点*强调*内容，**강조**는', '<p>重点<em>强调</em>内容，<strong>강조</strong>는</p>'],
  ['🎉*yes*🎉', '<p>🎉<em>yes</em>🎉</p>'],
  // Stars in quotes are stars.
  [
    `'*' and "*", '**' or “*” „*“ «*» 「*」‘***’`,
    `<p>'*' and &quot;*&quot;, '**' or “*” „*“ «*» 「*」‘***’</p>`,
  ],
  ['“*a*” "*b*" «**c**»', '<p>“<em>a</em>” &quot;<em>b</em>&quot; «<strong>c</strong>»</p>'],
  ['geht`s, läuft`s', '<p>geht`s, läuft`s</p>'],
  ['`foo`s', '<p><code>foo</code>s</p>'],
  ['`` a`b ``', '<p><code>a`b</code></p>'],
  ['*\u200b* `\u200b` **', '<p>*\u200b* `\u200b` **</p>'],
  // Nothing vanishes in or behind fences.
  ['~~~ bye ~~~', '<p>~~~ bye ~~~</p>'],
  ['~~~', '<p>~~~</p>'],
  ['```rm -rf build\nmake\n```', '<pre><code>rm -rf build\nmake\n</code></pre>'],
  ['```hello\nmake\n```', '<pre><code>hello\nmake\n</code></pre>'],
  ['~~~ C++ \nx\n~~~', '<pre><code class="language-C++">x\n</code></pre>'],
  ['```js title\nx\n```', '<pre><code>js title\nx\n</code></pre>'],
  ['```\na\n``` thanks', '<pre><code>a\n</code></pre>\n<p>thanks</p>'],
  ['```make\ninstall```\nok', '<pre><code class="language-make">install\n</code></pre>\n<p>ok</p>'],
  ['see\n```\na\n````\nb', '<p>see</p>\n<pre><code>a\n</code></pre>\n<p>b</p>'],
  ['````\n```\na\n```\n````', '<pre><code>```\na\n```\n</code></pre>'],
  ['```\nno end *x*', '<p>```<br>\nno end <em>x</em></p>'],
  ['```\n```', '<p>```<br>\n```</p>'],
  ['```js\n```', '<p><code>js<br>\n</code></p>'],
  ['```one line```', '<p><code>one line</code></p>'],
  // White space within lines stays.
  ['if x:\n    y  =  1\n\tz', '<p>if x:<br>\n    y  =  1<br>\n\tz</p>'],
  ['  a\n\n    b', '<p>  a</p>\n<p>    b</p>'],
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
  const rest = 'target="_blank" rel="nofollow noopener noreferrer ugc" dir="ltr"'
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
  assert.match(
    renderText('**https://b.com/** *https://b.com/?a=*'),
    /^<p><strong><a .*\/a><\/strong> <em>.*<\/em><\/p>$/,
  )
})

const LINKS: readonly (readonly [typed: string, ...links: string[]])[] = [
  ['(https://x.example/path.)', 'https://x.example/path'],
  ['“https://x.example/path.” ‘https://x.example/a’', 'https://x.example/path', 'https://x.example/a'],
  [
    '[https://x.example/a], {https://x.example/b}; <https://x.example/c>',
    ...['a', 'b', 'c'].map((path) => `https://x.example/${path}`),
  ],
  [
    'https://x.example/A_(b) (https://x.example/A_(b)).',
    'https://x.example/A_(b)',
    'https://x.example/A_(b)',
  ],
  ['**https://x.example/a**, _https://x.example/b_', 'https://x.example/a', 'https://x.example/b'],
  ['https://user@host.example/x', 'https://user@host.example/x'],
  ['https://user:p%40ss@host.example:8080/x', 'https://user:p%40ss@host.example:8080/x'],
  [
    'http://my_app:3000 http://localhost http://10.0.0.1/a',
    'http://my_app:3000',
    'http://localhost',
    'http://10.0.0.1/a',
  ],
  ['www.spiegel.de, WWW.bbc.co.uk/news.', 'www.spiegel.de', 'WWW.bbc.co.uk/news'],
  ['my_host.example.com and a.example.com:8080/x', 'my_host.example.com', 'a.example.com:8080/x'],
  [
    'https://x.example/a\u200b https://x.example/b\u2060c \u200bhttps://x.example/d\ufeff',
    ...['a', 'b', 'd'].map((path) => `https://x.example/${path}`),
  ],
  ['\u202ehttps://evil.example/moc.knab-ruoy//:sptth', 'https://evil.example/moc.knab-ruoy//:sptth'],
  ['https://x.example/\u202egpj.exe', 'https://x.example/'],
  ['见https://x.example/路径。谢谢 https://x.example看', 'https://x.example/路径', 'https://x.example'],
  ['https://x.example/وی\u200cکی', 'https://x.example/وی\u200cکی'],
  ['http://http://x.example', 'http://x.example'],
  [
    'https://web.archive.org/web/2020/https://x.example/',
    'https://web.archive.org/web/2020/https://x.example/',
  ],
  // These would lead elsewhere than they read, or nowhere.
  [
    'https://\u0430pple.com https://your-bank\ua4f8com.example http://2130706433/ http://0x7f.1 http://a:99999/',
  ],
  ['https://your-bank.com\u2044a@evil.example', 'https://your-bank.com'],
  ['https://evil.example\\@your-bank.com', 'https://evil.example'],
  // What can't be seen would divide one address, as it reads, into others that lead elsewhere.
  [
    'https://your-b\u200bank.com https://your-\u00adbank.com www.your\u2060.bank.com your-\u200dbank.com ⓔx.com ' +
      'https://ⓔxample.com https://a.com\u200b.evil.com https://user\u200b@evil.com https://a.com\u034f:80',
  ],
  ['\u200bfoo.com (\u2060www.a.de x \u200bfoo.org', 'foo.com', 'www.a.de', 'foo.org'],
  ['https://x.example\u200b, https://y.example\u200b.', 'https://x.example', 'https://y.example'],
  ['https://your-bank.com\u0338a.evil.com https://bank.com\u20e5x.evil.com'],
  ['bob@ada.org git@ada.org:repo ftp://www.spiegel.de seehttps://x.example www.spiegel README.md a.com.evil'],
]

for (const [typed, ...links] of LINKS) {
  test(`P21: the links of ${JSON.stringify(typed)} are right`, () => {
    const html = renderText(typed)
    const found = [...html.matchAll(/<a [^>]*>([^<]*)<\/a>/g)].map(([, shown = '']) => visibleText(shown))
    assert.deepEqual(found, links)
  })
}

test('a hundred addresses of a text become links', () => {
  const html = renderText('http://a \n\n'.repeat(150))
  assert.equal(html.match(/<a /g)?.length, 100)
  assert.equal(visibleText(html).match(/http:\/\/a/g)?.length, 150)
})

test('P21: a link leads to the address that it shows, from left to right, with nothing invisible in it', () => {
  const pieces = fc.constantFrom(
    ...'\u200c|\u0301|ک|https://|http://|www.|a.com|x.example|@|:80|:|/|?|#|.|,|(|)|“|”|[|]|_|-|%2f|\\|*|`|\u202e|\u200b|\u2044|ж|\u0430|é|看|م|ノ|1|0x7f| |\n'.split(
      '|',
    ),
  )
  const anyAddress = fc
    .array(pieces, { maxLength: 14, size: 'max' })
    .map((parts) => `https://${parts.join('')}`)
  fc.assert(
    fc.property(fc.oneof(anyAddress, anyMarkup), (text) => {
      for (const [, href = '', shown = ''] of renderText(text).matchAll(
        /<a href="([^"]*)"[^>]* dir="ltr">([^<]*)<\/a>/g,
      )) {
        const address = visibleText(shown)
        // A joiner shapes Arabic letters.
        assert.doesNotMatch(
          address.replace(/(?<=[کم]\u0301*)\u200c(?=[کم])/gu, ''),
          /[\s\p{Cc}\p{Default_Ignorable_Code_Point}]/u,
        )
        const url = new URL(/^https?:/i.test(address) ? address : `http://${address}`)
        assert.equal(new URL(visibleText(href)).href, url.href)
      }
    }),
    { numRuns: 5000 },
  )
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

/** The visible characters of a text without those whose pairs make markup. */
const visibleCharacters = (text: string) =>
  text.replace(/[*`~\s\p{Cc}\p{Default_Ignorable_Code_Point}\u2800]/gu, '')

test('P21: each visible character of a text is in the rendered text, in its place', () => {
  const words = fc.constantFrom(
    ...'a|js|C++|6*7|/* |*/| *|* |**|a*|```js\n|``` x|\n```\n|~~~ \n|\n    |\t|\u202e|\u200b|看|م|😀'.split(
      '|',
    ),
  )
  const anyMix = fc.array(fc.oneof(words, anyMarkup), { maxLength: 12 }).map((parts) => parts.join(''))
  fc.assert(
    fc.property(fc.oneof(anyMix, anyMarkup, anyText), (text) => {
      // The name of a language is in the HTML, in the place where it was typed.
      const html = renderText(text).replace(/<code class="language-([^"]+)">/g, '$1')
      assert.equal(visibleCharacters(visibleText(html)), visibleCharacters(text))
    }),
    { numRuns: 5000 },
  )
})

test('P21: stars and backticks are missing from a text in pairs only, and never its last visible character', () => {
  fc.assert(
    fc.property(fc.oneof(anyMarkup, anyText), (text) => {
      const shown = visibleText(renderText(text))
      assert.equal((text.split('*').length - shown.split('*').length) % 2, 0)
      // A fence may be closed by a longer one.
      if (!text.includes('````')) assert.equal((text.split('`').length - shown.split('`').length) % 2, 0)
      if (/[^\s\p{Cc}\p{Default_Ignorable_Code_Point}\u2800]/u.test(text)) assert.notEqual(shown.trim(), '')
    }),
    { numRuns: 3000 },
  )
})

test('P21: stars between letters and digits of any script with spaces are shown', () => {
  const word = fc.string({ unit: fc.constantFrom(...'aZß7é_жمשक'), minLength: 1, maxLength: 5 })
  const sum = fc.tuple(
    word,
    fc.array(fc.tuple(fc.constantFrom('*', '**', '***', '****'), word), { minLength: 1 }),
  )
  fc.assert(
    fc.property(sum, ([first, rest]) => {
      const text = first + rest.flat().join('')
      assert.equal(visibleText(renderText(text)), text)
    }),
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

/** What made renderers slow, or could make this one, when a text consists of nothing else. */
const HOSTILE_PIECES = [
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
  '+a',
  '\n\n***a',
  '*a* ',
  '*"',
  '重*',
  'a.com.',
  'e.com/)',
  'www.',
  'www.看',
  'a.com看',
  'a.com.é.',
  'http://看',
  'https://a.a看',
  'https://u:p@',
  'https://ж.com ',
  'https://\u0430pple.com ',
  'a.com/q=e.com/)',
  'http://[',
  '``` x\n',
  '```a\n````a\n',
  '~~~~\n```\n',
  '\u0301',
  '😀*',
]
const hostileText = (piece: string) => piece.repeat(MESSAGE_MAX_BYTES / Buffer.byteLength(piece))

test('a long text of nothing but markup is rendered to valid HTML of bounded length', () => {
  for (const piece of HOSTILE_PIECES) {
    const html = renderText(hostileText(piece))
    assert.equal(findInvalidHtml(html), undefined, piece)
    assert.ok(html.length <= 7 * MESSAGE_MAX_BYTES, piece)
  }
})

test('4 KB of anything are rendered in a millisecond', () => {
  for (const piece of HOSTILE_PIECES) {
    const text = hostileText(piece)
    // The best of several, and five times the promise: other programs may keep the cores busy.
    const times = Array.from({ length: 20 }, () => {
      const start = performance.now()
      renderText(text)
      return performance.now() - start
    })
    assert.ok(Math.min(...times) < 5, `${JSON.stringify(piece)}: ${Math.min(...times)} ms`)
  }
})
