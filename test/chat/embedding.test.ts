import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatOrigins, ORIGINS_MAX, parseOrigins } from '../../src/chat/embedding.ts'
import { refused } from '../support/refused.ts'

test('a list of origins is parsed into the origins of CSP, each once', () => {
  const lists: [string, string[]][] = [
    ['*', ['*']],
    ['none', []],
    ['https://example.org', ['https://example.org']],
    ['https://Example.ORG:443/', ['https://example.org']],
    [
      ' https://a.example,\n http://b.example:8080  https://a.example ',
      ['https://a.example', 'http://b.example:8080'],
    ],
    ['https://*.example.org', ['https://*.example.org']],
    ['http://localhost:3000 http://[::1]:3000', ['http://localhost:3000', 'http://[::1]:3000']],
    ['https://bücher.example', ['https://xn--bcher-kva.example']],
  ]
  for (const [text, origins] of lists) {
    if (text.endsWith('/')) assert.throws(() => parseOrigins(text), refused('invalid'))
    else assert.deepEqual(parseOrigins(text), origins, text)
    assert.deepEqual(parseOrigins(formatOrigins(origins)), origins)
  }
})

test('a text that could mean anything else in a policy is refused', () => {
  const invalid = [
    '',
    ' , ',
    'example.org',
    '*.example.org',
    'https://',
    'https://*',
    'https://a.*.example',
    'https://example.org/path',
    'https://example.org?x',
    'https://user@example.org',
    'ftp://example.org',
    'javascript:alert(1)',
    "https://example.org;script-src'unsafe-inline'",
    "'self'",
    'data:',
    '* https://example.org',
    'none https://example.org',
    'https://exa mple.org https://x\u0000y',
    Array.from({ length: ORIGINS_MAX + 1 }, (_, n) => `https://a${n}.example`).join(' '),
  ]
  for (const text of invalid) assert.throws(() => parseOrigins(text), refused('invalid'), text)
})
