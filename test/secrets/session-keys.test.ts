import assert from 'node:assert/strict'
import { test } from 'node:test'
import { generateSessionKeys, parseKeys, rotateSessionKeys } from '../../src/secrets/session-keys.ts'

test('new keys have 256 bits, differ each time, and are valid in the flag and in the file', () => {
  const { current, former } = generateSessionKeys()
  assert.equal(Buffer.from(current, 'base64url').length, 32)
  assert.equal(former, undefined)
  assert.notEqual(generateSessionKeys().current, current)
  assert.deepEqual(parseKeys([current]), { current, former })
})

test('a rotation makes a new key the current one, and drops the former one', () => {
  const first = generateSessionKeys()
  const second = rotateSessionKeys(first)
  assert.equal(second.former, first.current)
  const third = rotateSessionKeys(second)
  assert.equal(third.former, second.current)
  assert.equal(new Set([first.current, second.current, third.current]).size, 3)
})

test('a key is any single line of enough length', () => {
  const minLength = 32
  for (const key of [
    'é'.repeat(minLength),
    '🗝'.repeat(minLength),
    'a pass phrase of some seven words, no: none',
    'k'.repeat(256),
  ]) {
    const valid = !key.includes(',')
    assert.equal(parseKeys([key])?.current, valid ? key : undefined)
  }
  for (const key of [
    'k'.repeat(31),
    'k'.repeat(257),
    `${'k'.repeat(40)}\n`.repeat(2),
    `#${'k'.repeat(40)}`,
    ' '.repeat(40),
    '',
  ])
    assert.equal(parseKeys([key]), undefined, key)
  assert.equal(parseKeys([]), undefined)
})
