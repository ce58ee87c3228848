import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { originOfHost } from '../../../src/web/http/server-origin.ts'

/** Texts that hosts are made of, and what a URL parser changes or refuses in them. */
const PARTS = [
  ...[
    'localhost',
    'chat',
    'B.c',
    'xn--',
    'xn--a',
    'é',
    'a-',
    '-a',
    '_',
    '0x1',
    '%41',
    ' ',
    '[::1]',
    '/',
    '@',
    '.',
  ],
  ...['127.0.0.1', '255.255.255.255', '256.1.1.1', '1.2.3', '01.2.3.4', '0', '8.8.8.8'],
  ...[':', ':0', ':80', ':080', ':443', ':3000', ':59999', ':60000', ':65535', ':65536'],
]

test('the origin of a host is the one that a URL parser finds, whether it is parsed or not', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...PARTS), { minLength: 1, maxLength: 4 }), (parts) => {
      const host = parts.join('')
      assert.equal(originOfHost(host), URL.parse(`http://${host}`)?.origin, host)
    }),
    { numRuns: 5_000 },
  )
})
