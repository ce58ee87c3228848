import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { createMemorySecrets, createSecrets } from '../../src/secrets/secrets.ts'
import { generateSessionKeys, rotateSessionKeys } from '../../src/secrets/session-keys.ts'

const FIRST = generateSessionKeys()
const SECOND = rotateSessionKeys(FIRST)
const THIRD = rotateSessionKeys(SECOND)
const [before, during, after] = [FIRST, SECOND, THIRD].map(createSecrets)

test('a proof is valid while its key is active, and new proofs use the newest key', () => {
  const old = before?.sign('cursor', 'a', 'b') ?? ''
  assert.equal(during?.verify(old, 'cursor', 'a', 'b'), true)
  assert.equal(during?.verifyWithNewestKey(old, 'cursor', 'a', 'b'), false)
  assert.equal(after?.verify(old, 'cursor', 'a', 'b'), false)
  const fresh = during?.sign('cursor', 'a', 'b') ?? ''
  assert.notEqual(fresh, old)
  assert.equal(during?.verifyWithNewestKey(fresh, 'cursor', 'a', 'b'), true)
  assert.equal(after?.verify(fresh, 'cursor', 'a', 'b'), true)
})

test('a digest stays the same after a rotation, until its key is dropped', () => {
  const tag = before?.digest('tag', 'lobby', 'ada')
  assert.equal(during?.digest('tag', 'lobby', 'ada'), tag)
  assert.notEqual(after?.digest('tag', 'lobby', 'ada'), tag)
  assert.equal(during?.verify(tag ?? '', 'tag', 'lobby', 'ada'), true)
})

test('a proof is valid only for its exact purpose and parts', () => {
  const secrets = createMemorySecrets()
  const proof = secrets.sign('cursor', 'a', 'bc')
  for (const [purpose, ...parts] of [
    ['cursor', 'ab', 'c'],
    ['cursor', 'abc'],
    ['cursor', 'a', 'bc', ''],
    ['cursora', 'bc'],
    ['session', 'a', 'bc'],
    ['cursor', 'a","bc'],
  ] as const) {
    assert.equal(secrets.verify(proof, purpose, ...parts), false, `${purpose} ${parts}`)
  }
  for (const claimed of ['', proof.slice(1), `${proof}x`, 'é'.repeat(24), `${proof}\0`])
    assert.equal(secrets.verify(claimed, 'cursor', 'a', 'bc'), false)
  assert.equal(createMemorySecrets().verify(proof, 'cursor', 'a', 'bc'), false, 'another process’s key')
})

test('a signature covers the parts as JSON, for any text', () => {
  const part = fc.oneof(fc.string({ unit: 'grapheme' }), fc.stringMatching(/^[\w.:~ -]*$/))
  fc.assert(
    fc.property(part, fc.array(part), (purpose, parts) => {
      const mac = createHmac('sha256', FIRST.current).update(JSON.stringify([purpose, ...parts]))
      assert.equal(before?.sign(purpose, ...parts), mac.digest('base64url').slice(0, 24))
    }),
  )
})

test('tokens are unique and need no escaping in a cookie', () => {
  const { token } = createMemorySecrets()
  const tokens = Array.from({ length: 1000 }, token)
  assert.equal(new Set(tokens).size, 1000)
  for (const one of tokens) assert.match(one, /^[\w-]{20}$/)
})

test('a sealed text can be unsealed while its key is active, for its purpose only', () => {
  const sealed = before?.seal('room', 'büro') ?? ''
  assert.doesNotMatch(Buffer.from(sealed, 'base64url').toString('latin1'), /b.{1,2}ro/)
  assert.equal(before?.unseal('room', sealed), 'büro')
  assert.equal(during?.unseal('room', sealed), 'büro')
  assert.equal(after?.unseal('room', sealed), undefined)
  assert.equal(before?.unseal('name', sealed), undefined)
  assert.notEqual(before?.seal('room', 'büro'), sealed, 'each sealing gives different bytes')
})

test('a sealed text that was changed in any bit or cut short is not unsealed', () => {
  const secrets = createMemorySecrets()
  const sealed = Buffer.from(secrets.seal('room', 'tea'), 'base64url')
  for (let bit = 0; bit < sealed.length * 8; bit++) {
    const changed = Buffer.from(sealed)
    changed.writeUInt8(sealed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3)
    assert.equal(secrets.unseal('room', changed.toString('base64url')), undefined, `bit ${bit}`)
  }
  for (let length = 0; length < sealed.length; length++)
    assert.equal(secrets.unseal('room', sealed.subarray(0, length).toString('base64url')), undefined)
})

test('tokens never repeat, however many are made', () => {
  const { token } = createMemorySecrets()
  const made = Array.from({ length: 2_000 }, token)
  assert.equal(new Set(made).size, made.length)
  for (const one of made) assert.match(one, /^[\w-]{20}$/)
})
