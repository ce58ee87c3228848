import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createMemorySecrets, createSecrets } from '../../../src/secrets/secrets.ts'
import {
  generateSessionKeys,
  rotateSessionKeys,
  type SessionKeys,
} from '../../../src/secrets/session-keys.ts'
import { Sessions } from '../../../src/web/visitor/session.ts'
import { TestClock } from '../../support/clock.ts'

const DAY_MS = 86_400_000

function cookieOf(setCookie: string | undefined): string {
  return setCookie?.split(';')[0] ?? ''
}

function valueIn(setCookie: string | undefined): string {
  return cookieOf(setCookie).replace(/^[^=]*=/, '')
}

/** The sessions of a server with these keys. */
function sessionsOf(keys: SessionKeys, clock = new TestClock()): Sessions {
  return new Sessions(clock, createSecrets(keys), false)
}

/** The parts of a new browser's cookie: member, tag version, two times, signature. */
function partsOf(sessions: Sessions): string[] {
  return valueIn(sessions.open(undefined).setCookies[0]).split('.')
}

test('a browser stays the same member, and gets no second cookie on the same day', () => {
  const sessions = new Sessions(new TestClock(), createMemorySecrets(), false)
  const first = sessions.open(undefined)
  const cookie = cookieOf(first.setCookies[0])
  assert.deepEqual(sessions.open(`other=1; ${cookie}; more=2`), {
    session: first.session,
    setCookies: [],
  })
  assert.deepEqual(sessions.read(cookie), first.session)
  assert.notDeepEqual(sessions.open('').session.member, first.session.member)
})

test('a session is renewed by use, and expires after thirty days without', () => {
  const clock = new TestClock()
  const sessions = new Sessions(clock, createMemorySecrets(), false)
  const began = clock.now()
  const first = sessions.open(undefined)
  assert.deepEqual([first.session.since, first.session.until], [began, began + 30 * DAY_MS])
  clock.advance(2 * DAY_MS)
  const renewed = sessions.open(cookieOf(first.setCookies[0]))
  assert.deepEqual(renewed.session, { ...first.session, until: began + 32 * DAY_MS })
  assert.deepEqual(sessions.read(cookieOf(renewed.setCookies[0])), renewed.session)
  clock.advance(28 * DAY_MS - 1000)
  assert.ok(sessions.read(cookieOf(first.setCookies[0])))
  clock.advance(1000)
  assert.equal(sessions.read(cookieOf(first.setCookies[0])), undefined)
  assert.deepEqual(sessions.read(cookieOf(renewed.setCookies[0])), renewed.session)
  clock.advance(2 * DAY_MS)
  assert.equal(sessions.read(cookieOf(renewed.setCookies[0])), undefined)
})

test('a cookie from before a clock was put right stays valid, and gets the right time', () => {
  const keys = generateSessionKeys()
  const ahead = (ms: number) =>
    cookieOf(sessionsOf(keys, new TestClock(new TestClock().now() + ms)).open(undefined).setCookies[0])
  const sessions = sessionsOf(keys)
  for (const ms of [1000, 299_000]) assert.deepEqual(sessions.open(ahead(ms)).setCookies, [])
  for (const ms of [301_000, DAY_MS, 400 * DAY_MS]) {
    const cookie = ahead(ms)
    const { session, setCookies } = sessions.open(cookie)
    assert.deepEqual(session.member, sessions.read(cookie)?.member)
    assert.equal(session.until, new TestClock().now() + 30 * DAY_MS)
    assert.deepEqual(sessions.open(cookieOf(setCookies[0])), { session, setCookies: [] })
  }
  assert.equal(sessions.read(ahead(11 * 365 * DAY_MS)), undefined)
})

test('leaving a room gives the member a new tag version, and keeps the session', () => {
  const clock = new TestClock()
  const sessions = new Sessions(clock, createMemorySecrets(), false)
  const { session } = sessions.open(undefined)
  clock.advance(1000)
  const once = sessions.read(cookieOf(sessions.cookieAfterLeaving(session)))
  assert.deepEqual(once, {
    member: { id: session.member.id, tagVersion: 1 },
    since: session.since,
    until: session.until + 1000,
  })
  assert.equal(once && sessions.read(cookieOf(sessions.cookieAfterLeaving(once)))?.member.tagVersion, 2)
})

test('a cookie with a flipped bit in any part is invalid', () => {
  const sessions = new Sessions(new TestClock(), createMemorySecrets(), false)
  const value = partsOf(sessions).join('.')
  assert.ok(sessions.read(`snug=${value}`))
  for (let at = 0; at < value.length; at++) {
    for (let bit = 0; bit < 7; bit++) {
      const flipped = String.fromCharCode(value.charCodeAt(at) ^ (1 << bit))
      const forged = value.slice(0, at) + flipped + value.slice(at + 1)
      assert.equal(sessions.read(`snug=${forged}`), undefined, `bit ${bit} at ${at}`)
    }
  }
})

test('a cookie with a part of another one, or with its own parts in another order, is invalid', () => {
  const clock = new TestClock()
  const sessions = new Sessions(clock, createMemorySecrets(), false)
  const ada = partsOf(sessions)
  clock.advance(DAY_MS)
  const { session } = sessions.open(undefined)
  const ben = valueIn(sessions.cookieAfterLeaving(session)).split('.')
  for (let part = 0; part < ada.length; part++) {
    const mixed = ada.with(part, ben[part] ?? '')
    if (mixed.join() !== ada.join())
      assert.equal(sessions.read(`snug=${mixed.join('.')}`), undefined, `part ${part}`)
    for (let other = 0; other < part; other++) {
      const swapped = ben.with(part, ben[other] ?? '').with(other, ben[part] ?? '')
      if (swapped.join() !== ben.join())
        assert.equal(sessions.read(`snug=${swapped.join('.')}`), undefined, `${other} and ${part}`)
    }
  }
})

test('a cookie that is too short or too long is invalid', () => {
  const sessions = new Sessions(new TestClock(), createMemorySecrets(), false)
  const parts = partsOf(sessions)
  const value = parts.join('.')
  const broken = [
    '',
    '.',
    '....',
    'x',
    `${value}.x`,
    `.${value}`,
    `${value}.`,
    ` ${value} x`,
    `"${value}"`,
    value.toUpperCase(),
  ]
  for (let length = 0; length < value.length; length++) broken.push(value.slice(0, length))
  for (let part = 0; part < parts.length; part++) broken.push(parts.toSpliced(part, 1).join('.'))
  for (const forged of broken) assert.equal(sessions.read(`snug=${forged}`), undefined, forged)
  for (const header of ['snug', '=', `=${value}`, `Snug=${value}`, `snug2=${value}`, `xsnug=${value}`, value])
    assert.equal(sessions.read(header), undefined, header)
})

test('a signature for another purpose is invalid', () => {
  const secrets = createMemorySecrets()
  const sessions = new Sessions(new TestClock(), secrets, false)
  const parts = partsOf(sessions).slice(0, 4)
  for (const purpose of ['cursor', 'tag', 'name', 'text', '']) {
    for (const proof of [secrets.sign(purpose, ...parts), secrets.digest(purpose, ...parts)])
      assert.equal(sessions.read(`snug=${[...parts, proof].join('.')}`), undefined, purpose)
  }
  const [id = '', ...rest] = parts
  for (const joined of [secrets.sign('session', parts.join('.')), secrets.sign(`session${id}`, ...rest)])
    assert.equal(sessions.read(`snug=${[...parts, joined].join('.')}`), undefined)
})

test('a session survives a key rotation, and is signed again with the new key', () => {
  const first = generateSessionKeys()
  const second = rotateSessionKeys(first)
  const third = rotateSessionKeys(second)
  const issued = sessionsOf(first).open(undefined)
  const renewed = sessionsOf(second).open(cookieOf(issued.setCookies[0]))
  assert.deepEqual(renewed.session, issued.session)
  assert.ok(renewed.setCookies[0], 'signed again')
  assert.deepEqual(sessionsOf(second).open(cookieOf(renewed.setCookies[0])), {
    session: issued.session,
    setCookies: [],
  })
  assert.deepEqual(sessionsOf(third).open(cookieOf(renewed.setCookies[0])).session, issued.session)
  assert.equal(
    sessionsOf(third).read(cookieOf(issued.setCookies[0])),
    undefined,
    'signed with a key that is gone',
  )
  assert.notDeepEqual(
    sessionsOf(third).open(cookieOf(issued.setCookies[0])).session.member,
    issued.session.member,
  )
  assert.equal(
    sessionsOf(generateSessionKeys()).read(cookieOf(renewed.setCookies[0])),
    undefined,
    'signed with another server’s key',
  )
})

test('the first valid cookie of several counts, and only four are checked', () => {
  const sessions = new Sessions(new TestClock(), createMemorySecrets(), false)
  const [ada, ben] = [sessions.open(undefined), sessions.open(undefined)]
  const [adas, bens] = [cookieOf(ada.setCookies[0]), cookieOf(ben.setCookies[0])]
  assert.deepEqual(sessions.read(`${sessions.cookieName}=planted; ${adas}; ${bens}`), ada.session)
  assert.deepEqual(sessions.read(`${bens}; ${adas}`), ben.session)
  assert.deepEqual(sessions.read(`${`${sessions.cookieName}=x; `.repeat(3)}${adas}`), ada.session)
  assert.equal(sessions.read(`${`${sessions.cookieName}=x; `.repeat(4)}${adas}`), undefined)
})

test('scripts and other sites never see the cookie, and over https it is bound to this host', () => {
  const [plain, secure] = [false, true].map(
    (https) => new Sessions(new TestClock(), createMemorySecrets(), https),
  )
  const cookie = (sessions: Sessions | undefined) => sessions?.open(undefined).setCookies[0] ?? ''
  assert.match(cookie(plain), /^snug\.[\w-]{10}=.*; Path=\/; Max-Age=2592000; HttpOnly; SameSite=Lax$/)
  assert.match(
    cookie(secure),
    /^__Host-snug\.[\w-]{10}=.*; Path=\/; Max-Age=2592000; HttpOnly; SameSite=Lax; Secure$/,
  )
  assert.equal(secure?.read(cookieOf(cookie(secure)).replace('__Host-', '')), undefined)
})
