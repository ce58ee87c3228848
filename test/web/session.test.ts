import assert from 'node:assert/strict'
import { test } from 'node:test'
import { memorySecrets } from '../../src/secrets.ts'
import { Sessions } from '../../src/web/session.ts'
import { TestClock } from '../support/clock.ts'

const DAY_MS = 86_400_000

function cookieOf(setCookie: string | undefined): string {
  return setCookie?.split(';')[0] ?? ''
}

test('a browser stays the same member, and gets no second cookie on the same day', () => {
  const sessions = new Sessions(new TestClock(), memorySecrets(), false)
  const first = sessions.open(undefined)
  const cookie = cookieOf(first.setCookie)
  assert.deepEqual(sessions.open(`other=1; ${cookie}; more=2`), {
    member: first.member,
    setCookie: undefined,
  })
  assert.deepEqual(sessions.read(cookie), first.member)
  assert.notDeepEqual(sessions.open('').member, first.member)
})

test('a session is renewed by use, and over after thirty days without', () => {
  const clock = new TestClock()
  const sessions = new Sessions(clock, memorySecrets(), false)
  const first = sessions.open(undefined)
  clock.advance(2 * DAY_MS)
  const renewed = sessions.open(cookieOf(first.setCookie))
  assert.deepEqual(renewed.member, first.member)
  assert.ok(renewed.setCookie)
  clock.advance(29 * DAY_MS)
  assert.equal(sessions.read(cookieOf(first.setCookie)), undefined)
  assert.deepEqual(sessions.read(cookieOf(renewed.setCookie)), first.member)
})

test('no changed character and no other key opens a session', () => {
  const clock = new TestClock()
  const sessions = new Sessions(clock, memorySecrets(), false)
  const cookie = cookieOf(sessions.open(undefined).setCookie)
  const value = cookie.slice('snug='.length)
  for (let at = 0; at < value.length; at++) {
    const other = value[at] === 'A' ? 'B' : 'A'
    assert.equal(
      sessions.read(`snug=${value.slice(0, at)}${other}${value.slice(at + 1)}`),
      undefined,
      `at ${at}`,
    )
  }
  assert.equal(new Sessions(clock, memorySecrets(), false).read(cookie), undefined)
  for (const broken of ['snug=', 'snug=..', 'snug', '=', `snug=${value}.x`.slice(0, -3), 'snug=a.b.c']) {
    assert.equal(sessions.read(broken), undefined, broken)
  }
})

test('scripts and other sites never see the cookie, and on https it is bound to this host', () => {
  const plain = new Sessions(new TestClock(), memorySecrets(), false).open(undefined).setCookie ?? ''
  assert.match(plain, /^snug=.*; Path=\/; Max-Age=2592000; HttpOnly; SameSite=Lax$/)
  const secure = new Sessions(new TestClock(), memorySecrets(), true).open(undefined).setCookie ?? ''
  assert.match(secure, /^__Host-snug=.*; Path=\/; Max-Age=2592000; HttpOnly; SameSite=Lax; Secure$/)
})
