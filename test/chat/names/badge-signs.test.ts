import assert from 'node:assert/strict'
import { test } from 'node:test'
import { replaceBadgeSigns } from '../../../src/chat/names/badge-signs.ts'
import { parseName, parseStoredName } from '../../../src/chat/names/name.ts'
import { Refusal } from '../../../src/chat/refusal.ts'

const SIGNS: Readonly<Record<string, string>> = {
  checks: '✓✔√☑✅🗸🗹∛∜؆؇⍻⎷𐄂🮱',
  seals: '🏵🏶📛🪪🎖🏅🥇🥈🥉💮֍֎۞☸⚙🩠🩭',
  stars: '★☆⭐⭑⭒🌟🌠✨✦✧✩✪✫✬✭✮✯✰✴✵✶✷✸✹❂⋆⍟⍣٭✡🔯⚝⛤⛥⛦⛧☪💫⯨⯩⯪⯫🟀🟉🟊🟔✱✻✽❇❋⁂⁎∗⊛⧆꙳🞯🞿⚹',
  crowns: '👑♔♕♚♛🜲🨀🨁🩓',
  keys: '🔑🗝🔐🔏🔒🔓⚿⚷☥',
  shields: '🛡⛨⛊⛉☖☗🔰',
}

const refused = ({ code, message }: Refusal) =>
  code === 'invalid' && / a check, seal, star|“verified”/.test(message)

for (const [kind, signs] of Object.entries(SIGNS)) {
  test(`names contain no ${kind}, at the end or anywhere else, as text or as emoji`, () => {
    for (const sign of signs) {
      for (const name of [`Ada ${sign}`, `${sign}Ada`, `A${sign}da`, `Ada ${sign}\ufe0f`]) {
        // A variation selector behind a sign that has no emoji is refused as an invisible character.
        assert.throws(() => parseName(name), name.includes('\ufe0f') ? Refusal : refused, name)
      }
      assert.doesNotMatch(replaceBadgeSigns(`Ada ${sign}`), new RegExp(sign, 'u'))
    }
  })
}

test('letters that look like a check are refused where they are no letters', () => {
  for (const sign of 'ꪜ🅥🆅⟡༶') assert.throws(() => parseName(`Ada ${sign}`), refused, sign)
  for (const name of ['Ada レ', 'Ada ﾚ', 'レ Ada', 'Ada v\u20dd', 'Ada V\u20de', 'Ada ѵ\u20e4'])
    assert.throws(() => parseName(name), refused, name)
  for (const name of ['レナ', 'レ', 'トニー レ', 'Ada a\u20dd'].filter((name) => name !== 'レ'))
    assert.equal(parseName(name), name)
})

test('a name does not say that it is verified, in any spelling', () => {
  for (const name of [
    'Ada verified',
    'Ada (Verified)',
    'VERIFIED Ada',
    'Ada, ｖｅｒｉｆｉｅｄ',
    'Ada vеrіfіеd',
    'verified',
    'Ada ᴠᴇʀɪꜰɪᴇᴅ',
    'Ada v e r i f i e d',
    'Ada v.e.r.i.f.i.e.d',
    'Ada ⓥⓔⓡⓘⓕⓘⓔⓓ',
  ])
    assert.throws(() => parseName(name), refused, name)
  for (const name of ['Vera Fried', 'Unverified Uwe', 'Ver Ified']) assert.equal(parseName(name), name)
})

test('other signs and emoji stay', () => {
  for (const name of [
    'Ada ♥',
    'Ada 🌸',
    'DJ ♪',
    'Elsa ❄',
    'Bo 🐻',
    '⚡ Zoe',
    'Sam 🇺🇸',
    'Jo 👩‍⚖️',
    'Mae 🧑‍🚀',
    'Kim 🏳️‍🌈',
    'No 1️⃣',
    'M*A*S*H',
    '*Ada*',
    'x+y',
    '♚',
    'R&B',
  ])
    assert.equal(parseName(name), name)
})

test('names that were stored before such signs were refused can still be read', () => {
  for (const name of ['Ada ✓', '★ Ben ★', 'Vera verified']) assert.equal(parseStoredName(name), name)
  assert.throws(() => parseStoredName('admin'), Refusal)
})
