import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { NAME_MAX_CODE_POINTS, parseName } from '../../../src/chat/names/name.ts'
import { Refusal } from '../../../src/chat/refusal.ts'
import { anyName } from '../../support/any-name.ts'
import { refused } from '../../support/refused.ts'

/** The sentence of the refusal, or undefined if parseName accepts the name. */
function refusalOf(name: unknown): string | undefined {
  try {
    parseName(name)
    return undefined
  } catch (error) {
    if (error instanceof Refusal && error.code === 'invalid') return error.message
    throw error
  }
}

function refuses(sentence: RegExp, ...names: readonly unknown[]): void {
  for (const name of names) assert.match(refusalOf(name) ?? 'accepted', sentence, JSON.stringify(name))
}

test('the examples of RFC 8266 give the names in the RFC', () => {
  for (const [typed, name] of [
    ['Foo', 'Foo'],
    ['foo', 'foo'],
    ['Foo Bar', 'Foo Bar'],
    ['foo bar', 'foo bar'],
    ['Σ', 'Σ'],
    ['σ', 'σ'],
    ['ς', 'ς'],
    ['ϔ', 'Ϋ'],
    ['∞', '∞'],
    ['♚', '♚'],
    ['Richard \u2163', 'Richard IV'],
  ] as const)
    assert.equal(parseName(typed), name)
})

test('names of people stay as they were typed, in any script', () => {
  for (const name of [
    ...[
      'Ada Lovelace',
      'O’Neil',
      "O'Neil",
      'Jean-Luc',
      'D. J. Trump Jr.',
      'Zoë',
      'Jürgen Groß',
      'İpek',
      'x_X_x',
    ],
    ...[
      'Nguyễn Thị Minh Khai',
      'Νίκος',
      'Иван Щукин',
      'Հայկ',
      'ნინო',
      'ᏣᎳᎩ',
      'ჯონ',
      'C++',
      '50°',
      '$$$',
      '7',
    ],
    ...[
      '李雷',
      '田中さくら',
      'ジョン・スミス',
      '민수',
      'สมชาย',
      'ญี่ปุ่น',
      'မြို့',
      'လျှို့',
      'ជំរាបសួរ',
      'བཀྲ་ཤིས',
      'ཧྲཱུྃ',
      'ᠮᠣᠩᠭᠣᠯ',
    ],
    ...['אברהם', 'בְּרֵאשִׁ֖ית', 'ץ״ל', 'مُحَمَّد', 'أحمد', 'Ahmed أحمد', 'हिन्दी', 'श्री', 'ம்', 'Gal·la', '٣', '۳'],
  ])
    assert.equal(parseName(name), name.normalize('NFKC'))
})

test('a word that is special to programs is an ordinary name', () => {
  for (const name of [
    '__proto__',
    'constructor',
    'hasOwnProperty',
    'null',
    'undefined',
    'NaN',
    'true',
    '<b>',
    '{{x}}',
  ])
    assert.equal(parseName(name), name)
})

test('joiners are accepted where Persian, Hindi and Sinhala need them', () => {
  for (const name of [
    'می\u200cخواهم',
    'علی\u200cرضا',
    'نیک\u200cنام',
    'مُ\u200cنَا',
    'क्\u200dष',
    'क्\u200cष',
    'ශ්\u200dරී',
  ])
    assert.equal(parseName(name), name)
})

test('joiners that join nothing are refused', () => {
  refuses(
    /invisible joiner/,
    ...[
      'A\u200dda',
      'A\u200cda',
      'Ada\u200d',
      '\u200cAda',
      'क\u200dष',
      'क्\u200d\u200dष',
      'と\u3099\u200d',
      'ب\u05b0\u200d',
    ],
    ...[
      'د\u200cا',
      'ب\u200c',
      '\u200cب',
      'ب\u200cA',
      'A\u200cب',
      'ب\u200dا',
      'ب\u200cء',
      'ء\u200cب',
      'ب\u200c\u200cب',
    ],
  )
})

test('emoji are accepted with all their parts', () => {
  for (const name of ['👨‍👩‍👧‍👦', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', '1️⃣', '#️⃣', '🇩🇪', '🏳️‍🌈', '👁️‍🗨️', '❤️‍🔥', '👨🏽‍💻', '☺️', '☺', 'Ada 🎉'])
    assert.equal(parseName(name), name)
})

test('an emoji that NFKC turns into letters leaves nothing invisible behind', () => {
  assert.equal(parseName('Ⓜ️'), 'M')
  assert.equal(parseName('Ada ™️'), 'Ada TM')
})

test('parts of emoji are refused', () => {
  refuses(/invisible joiner/, '👨\u200d', '👨\u200dx', '👨\u200d👨', '\u200d👩', '🎉\u200d🎉')
  refuses(
    /invisible characters/,
    'A\ufe0fda',
    '\ufe0f',
    '🎉\ufe0f',
    '\u{e0067}',
    '🏴\u{e0067}\u{e007f}',
    'Ada\u{e0041}',
  )
})

test('every kind of blank becomes a space, a run of them becomes one, and none is left at the ends', () => {
  assert.equal(parseName(' \u3000Ada\t\n\u00a0 \u2003L\u1680\u2028\r\n'), 'Ada L')
  for (let code = 0; code < 0x10000; code++) {
    const blank = String.fromCharCode(code)
    if (!/\p{White_Space}/u.test(blank)) continue
    assert.equal(parseName(`${blank}A${blank}${blank}d${blank}`), 'A d')
  }
})

test('compatibility forms give the same name', () => {
  for (const [typed, name] of [
    ['Ａｄａ', 'Ada'],
    ['𝓐𝒅𝖺', 'Ada'],
    ['ﬁnn', 'finn'],
    ['x²', 'x2'],
    ['ｶﾀｶﾅ', 'カタカナ'],
    ['A\u030angstro\u0308m', 'Ångström'],
    ['\u212bse', 'Åse'],
  ] as const)
    assert.equal(parseName(typed), name)
})

test('a name can have 32 code points after normalisation, and not one more', () => {
  for (const letter of ['a', '北', '𐐨', '👍']) {
    const longest = letter.repeat(NAME_MAX_CODE_POINTS)
    assert.equal(parseName(longest), longest)
    assert.equal(parseName(`  ${longest}  `), longest)
    refuses(/32 characters at most; this one has 33/, longest + letter)
  }
  assert.equal([...parseName('ﷺ')].length, 18)
  refuses(/this one has 36/, 'ﷺﷺ')
  refuses(/this one has 100000/, 'a'.repeat(100_000))
})

test('an input that is not a text, or has nothing visible, is refused', () => {
  for (const input of [undefined, null, 5, {}, ['Ada'], new Blob(['Ada'])])
    assert.throws(() => parseName(input), refused('invalid'))
  refuses(/nothing in this name/, '', ' ', '\t\n\u3000')
  refuses(/at least one letter/, '...', '---', "'", '« »', '_', '(?!)', '\u00a1')
  refuses(
    /invisible characters/,
    ...[
      '\u200b',
      'A\u200bda',
      'A\u00adda',
      'A\u034fda',
      'A\u2060da',
      '\ufeffAda',
      '\u3164',
      'A\u3164',
      '\u115f',
      '\uffa0',
    ],
    ...[
      '\u2800',
      'A\u2800da',
      '\u17b4',
      '\u180e',
      '\u{e0100}',
      '葛\u{e0100}',
      '\ufffc',
      '\u{1d159}',
      '\u{13441}',
    ],
  )
})

test('every default-ignorable character is refused, in a name and alone', () => {
  for (let code = 0; code <= 0xe0fff; code++) {
    const character = String.fromCodePoint(code)
    if (!/\p{Default_Ignorable_Code_Point}/u.test(character)) continue
    for (const name of [character, `A${character}da`, `Ada${character}`]) {
      if (refusalOf(name) === undefined) assert.fail(`U+${code.toString(16)} is accepted`)
    }
  }
})

test('control, format, private, unknown and broken characters are refused', () => {
  refuses(/control characters/, 'A\0da', '\u0007', 'Ada\u001b[31m', 'A\u007f', 'A\u0080')
  refuses(
    /direction of writing/,
    'A\u202eda',
    '\u2066Ada\u2069',
    'Ada\u200f',
    '\u200eAda',
    'A\u061cda',
    '\u202cAda',
  )
  refuses(/only format/, '\u0600', 'A\u06dd', '\ufff9A', '\u{110bd}', '\u{13430}')
  refuses(/private use/, '\ue000', 'A\uf8ff', '\u{f0000}', '\u{10fffd}')
  refuses(/Unicode does not know/, '\u0378', 'A\ufdd0', '\uffff', '\u{1ffff}', '\u{10ffff}', '\u{e1000}')
  refuses(/lost on the way/, '\ud83d', 'A\udc00da', 'Ada\ud800', '\ufffd')
})

test('signs that need certain letters beside them are refused elsewhere', () => {
  refuses(/only stand between two l/, 'a·b', '·', 'l·', '·l', 'A · B')
  refuses(/before a Greek letter/, '\u0375', '\u0375a')
  refuses(/after a Hebrew letter/, 'a\u05f3', '\u05f4ב')
  refuses(/Japanese or Chinese/, 'A・B', '・')
  refuses(/Arabic and Persian digits/, '٣۳', '۳ and ٣')
  refuses(/stretch or repeat/, 'مـحمد', '\u303b', '\u3031')
  for (const name of ['L·L', '\u0375α', 'ג\u05f3', 'ミ・', '٣٤', '۳۴']) assert.equal(parseName(name), name)
})

test('a mark needs a letter, and a letter takes only a few marks', () => {
  refuses(/needs a letter to stand on/, '\u0301', '\u0301a', 'a \u0301b', '¨', 'O\u00b4Neil', '\u093e')
  refuses(
    /Too many marks/,
    'Z\u0301\u0302\u0303\u0304\u0305',
    'ế\u0303\u0304\u0308',
    'a\u20dd\u20de\u20df\u20e0\u20e3',
  )
  refuses(/The same mark appears twice/, 'a\u0301\u0301', 'ä\u0308', 'Z\u0336\u0336')
  assert.equal(parseName('a\u0323\u0302\u0304\u20dd'), 'ậ\u0304\u20dd')
})

test('a reserved word is refused in every spelling', () => {
  refuses(
    /is reserved/,
    ...[
      'admin',
      'Owner',
      'MODERATOR',
      'system',
      'server',
      'Snug',
      'bot',
      'ADMIN ',
      'Ａdmin',
      'аdmin',
      'Adm1n',
      'ADMlN',
    ],
    ...[
      'Adm|n',
      'admın',
      'АDМІN',
      '0wner',
      'ѕуѕtеm',
      'rnoderator',
      'SΝUG',
      'ѕеrver',
      'bοt',
      '𝐚𝐝𝐦𝐢𝐧',
      'SYSТEM',
    ],
  )
})

test('a reserved word with additions that name nobody is refused', () => {
  refuses(
    /“[^”]+” is reserved\. Please take another name\./,
    ...[
      'the admin',
      'The Admin',
      'admin 1',
      'Admin2',
      '007 admin',
      '*admin*',
      '_admin_',
      'admin.',
      '★ Admin ★',
      '👑 admin',
    ],
    ...[
      'snug bot',
      'Snug-Server',
      'system admin 2',
      'a d m i n',
      'b.o.t',
      '[bot]',
      '@admin',
      'admin👨‍👩‍👧',
      '‘Owner’',
    ],
  )
  for (const name of [
    'Server Sally',
    'Weather Bot',
    'R2 Bot',
    'Bo T',
    'Abbot',
    'Robot',
    'Badminton',
    'Systema',
    'The Adam',
    'the',
    '11',
  ])
    assert.equal(parseName(name), name)
})

test('a refusal explains the problem in one sentence', () => {
  fc.assert(
    fc.property(anyName, (typed) => {
      const sentence = refusalOf(typed)
      if (sentence !== undefined && !sentence.startsWith('“')) assert.match(sentence, /^[A-Z][^\n]{20,90}\.$/)
    }),
  )
})

test('every accepted name follows the rules and is its own name', () => {
  let accepted = 0
  fc.assert(
    fc.property(anyName, (typed) => {
      if (refusalOf(typed) !== undefined) return
      accepted++
      const name = parseName(typed)
      assert.equal(parseName(name), name)
      assert.equal(parseName(` \t${name}\u3000`), name)
      assert.equal(name, name.normalize('NFKC'))
      assert.equal(name, name.trim())
      assert.doesNotMatch(name, / {2}|[^\S ]|[\p{Cc}\p{Co}\p{Cn}\p{Cs}\p{Bidi_Control}]/u)
      assert.doesNotMatch(name.replace(/\p{RGI_Emoji}/gv, ''), /\u200b|\u2060|\ufeff|\u3164|\ufe0f|\u2800/)
      assert.ok([...name].length >= 1 && [...name].length <= NAME_MAX_CODE_POINTS)
      assert.match(name, /[\p{L}\p{N}\p{S}]/u)
    }),
    { numRuns: 4000 },
  )
  assert.ok(accepted > 400, `only ${accepted} were accepted`)
})

test('every character, by itself and after a letter, is refused or gives a name that follows the rules', () => {
  for (let code = 0; code <= 0x1ffff; code++) {
    const character = String.fromCodePoint(code)
    if (/[\p{Cn}\p{Co}]/u.test(character)) continue
    // Most letters have no special rule.
    if (/\p{L}/u.test(character) && character.normalize('NFKC') === character) continue
    for (const typed of [character, `a${character}`]) {
      if (refusalOf(typed) !== undefined) continue
      const name = parseName(typed)
      if (parseName(name) !== name || /\p{Cc}|\p{Cf}|\p{Zs}/u.test(name.replaceAll(' ', '')))
        assert.fail(`U+${code.toString(16)} gives ${JSON.stringify(name)}`)
    }
  }
})
