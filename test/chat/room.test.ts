import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Refusal } from '../../src/chat/refusal.ts'
import { parseSlug, SLUG_MAX_CODE_POINTS } from '../../src/chat/room.ts'
import { anyText } from '../support/any-text.ts'
import { refused } from '../support/refused.ts'

const ROOM_NAMES = [
  ['lobby', 'lobby'],
  ['Team Lunch!', 'team-lunch'],
  ['  two   words  ', 'two-words'],
  ['a_b/c.d', 'a-b-c-d'],
  ['-a--b-', 'a-b'],
  ['Ｆｕｌｌ ｗｉｄｔｈ', 'full-width'],
  ['x² and Ⅷ', 'x2-and-viii'],
  ['Ünïcödé', 'ünïcödé'],
  ['u\u0308', 'ü'],
  ['Straße', 'straße'],
  ['İstanbul', 'i\u0307stanbul'],
  ['ΟΔΟΣ', 'οδος'],
  ['北京 饭店', '北京-饭店'],
  ['غرفة الدردشة', 'غرفة-الدردشة'],
  ['हिन्दी', 'हिन्दी'],
  ['٣ rooms', '٣-rooms'],
  ['love ❤️', 'love'],
  ['🎉 party 🎉', 'party'],
  ['a\u200db\u00adc', 'abc'],
  ['\ud800half\udc00', 'half'],
  ['caf\u200de\u200d\u0301', 'café'],
  ['\u0301accent', 'accent'],
  ['Z\u0302\u0301\u0303\u0304\u0305\u0306algo', 'ẑ\u0301\u0303\u0304\u0305algo'],
  ['../../etc/passwd', 'etc-passwd'],
  ['<script>', 'script'],
  ['__proto__', 'proto'],
  ['constructor', 'constructor'],
] as const

for (const [name, slug] of ROOM_NAMES) {
  test(`a room called ${JSON.stringify(name)} has the address ${slug}`, () => {
    assert.equal(parseSlug(name), slug)
  })
}

test('a name without any letter or digit is refused', () => {
  for (const name of ['', ' ', '---', '🎉', '!?', '\u0301\u0302', '\ud800', '\u200d', '\u3164', '\ufe0f'])
    assert.throws(() => parseSlug(name), refused('invalid'), JSON.stringify(name))
})

test('a name can have as many code points as the limit, and not one more', () => {
  for (const letter of ['a', '北', '𐐨']) {
    const longest = letter.repeat(SLUG_MAX_CODE_POINTS)
    assert.equal(parseSlug(longest), longest)
    assert.throws(() => parseSlug(longest + letter), refused('invalid'))
  }
})

test('the limit counts the code points of the slug, not of the typed name', () => {
  assert.equal(parseSlug(`!${' '.repeat(200)}a`), 'a')
})

test('every slug follows the rules and is its own slug', () => {
  fc.assert(
    fc.property(fc.oneof(anyText, fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' })), (name) => {
      const slug = slugOrRefusal(name)
      if (slug === undefined) return
      assert.match(slug, /^[\p{L}\p{M}\p{Nd}-]+$/u)
      assert.equal(slug, slug.normalize('NFKC'))
      assert.equal(slug, slug.toLowerCase())
      assert.ok([...slug].length <= SLUG_MAX_CODE_POINTS)
      assert.doesNotMatch(slug, /[\p{Mn}\p{Me}]{5}/u)
      assert.doesNotMatch(slug, /^[-\p{M}]|--|-$|\p{Default_Ignorable_Code_Point}/u)
      assert.equal(parseSlug(slug), slug)
      assert.equal(parseSlug(` ${slug}!`), slug)
    }),
    { numRuns: 3000 },
  )
})

test('every character, by itself and before a letter, gives a slug that follows the rules or is refused', () => {
  for (let code = 0; code <= 0x1ffff; code++) {
    const character = String.fromCodePoint(code)
    if (/[\p{Cn}\p{Co}\p{Script=Han}\p{Script=Hangul}]/u.test(character)) continue
    for (const name of [character, `${character}a`]) {
      const slug = slugOrRefusal(name)
      if (slug === undefined) continue
      if (!/^[\p{L}\p{Nd}][\p{L}\p{M}\p{Nd}-]*$/u.test(slug) || slugOrRefusal(slug) !== slug)
        assert.fail(`U+${code.toString(16)} gives ${JSON.stringify(slug)}`)
    }
  }
})

function slugOrRefusal(name: string): string | undefined {
  try {
    return parseSlug(name)
  } catch (error) {
    if (error instanceof Refusal) return undefined
    throw error
  }
}
