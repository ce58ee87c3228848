import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { hmacSha256 } from '../../src/secrets/hmac.ts'

test('the HMAC equals Node’s, for any key and any text', () => {
  const any = fc.string({ unit: 'grapheme', maxLength: 200 })
  fc.assert(
    fc.property(any, any, any, (key, first, second) => {
      const sign = hmacSha256(key)
      for (const text of [first, second, first])
        assert.equal(sign(text), createHmac('sha256', key).update(text).digest('base64url'))
    }),
  )
})
