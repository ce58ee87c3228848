import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { generateFriendlyName } from '../../../src/chat/names/friendly-name.ts'
import { lookalikesOf, skeletonOf } from '../../../src/chat/names/lookalikes.ts'
import { type Name, parseName } from '../../../src/chat/names/name.ts'
import { Refusal } from '../../../src/chat/refusal.ts'
import { anyName } from '../../support/any-name.ts'

function nameOrRefusal(typed: string): Name | undefined {
  try {
    return parseName(typed)
  } catch (error) {
    if (error instanceof Refusal) return undefined
    throw error
  }
}

/** Whether one name can be mistaken for the other. */
function areLookalikes(one: string, other: string): boolean {
  const lookalikes = lookalikesOf(parseName(other))
  return lookalikesOf(parseName(one)).some((lookalike) => lookalikes.includes(lookalike))
}

function assertLookalikes(...names: readonly string[]): void {
  for (const one of names)
    for (const other of names) assert.ok(areLookalikes(one, other), `${one} and ${other}`)
}

function assertDifferent(one: string, other: string): void {
  assert.ok(!areLookalikes(one, other), `${one} and ${other}`)
}

/** All characters, grouped by how they look in a name. */
const charactersBySkeleton = Map.groupBy(
  Array.from({ length: 0x20000 }, (_, code) => String.fromCodePoint(code)).filter(
    (character) => !/[\p{Cn}\p{Co}\p{Cs}]/u.test(character),
  ),
  (character) => skeletonOf(character.normalize('NFKC')),
)

test('a name in letters of another script is a lookalike', () => {
  assertLookalikes('Ada', 'Аda', 'Adа', 'АDА', 'Αda', 'Ａｄａ', 'ADA', 'ada', '𝐀𝐝𝐚', ' Ada ', 'ᎪᎠᎪ')
  assertLookalikes('Bob', 'Вob', 'Βob', 'BОВ', 'b0b', 'ВОВ', 'Воb')
  assertLookalikes('Pascal', 'Раsсаl', 'PАЅСАL', 'pаsсаl', 'Ρascal')
  assertLookalikes('Ada Quinn', 'ᴀᴅᴀ ꞯᴜɪɴɴ', 'Aᴅᴀ Quinn')
  assertLookalikes('Hans', 'Нans', 'HΑΝЅ', 'НАNS', 'һans')
})

test('letters, digits and signs that look the same make no difference', () => {
  assertLookalikes('Bill', 'BiIl', 'BilI', 'Bi1l', 'Bi|l', 'BiII')
  assertLookalikes('Bill', 'B1ll', 'BILL', 'bill', 'B|LL')
  assertLookalikes('mom', 'rnorn', 'MOM', 'Mom')
  assertLookalikes('Otto', '0tt0', 'OTTO', 'οttο', 'Оtto')
  assertLookalikes('O’Neil', "O'Neil", 'OʹNeil', 'O`Neil', 'О‛Neil', 'o’NEIL')
  assertLookalikes('Jean-Luc', 'Jean‐Luc', 'Jean–Luc', 'Jean−Luc', 'jean˗luc')
})

test('upper and lower case make no difference, in every script that has them', () => {
  assertLookalikes('Straße', 'STRASSE', 'strasse', 'STRAẞE', 'Straẞe')
  assertLookalikes('Ὀδυσσεύς', 'ὈΔΥΣΣΕΎΣ', 'ὀδυσσεύσ')
  assertLookalikes('ΝΙΚΟΣ', 'νικος', 'νικοσ', 'Νικος')
  assertLookalikes('İpek', 'ipek', 'i\u0307pek')
  assertLookalikes('Işık', 'IŞIK', 'işik', 'ışık')
  assertLookalikes('ᏣᎳᎩ', 'ꮳꮃꭹ', 'Ꮳꮃꭹ')
  assertLookalikes('Иван', 'ИВАН', 'иван')
  assertLookalikes('ნინო', 'ᲜᲘᲜᲝ')
  assertLookalikes('ǆulija', 'ǅulija', 'ǄULIJA')
  for (let code = 0; code <= 0x1ffff; code++) {
    const character = String.fromCodePoint(code)
    if (character.toLowerCase() === character.toUpperCase()) continue
    const letter = nameOrRefusal(character)
    if (letter === undefined) continue
    for (const other of [letter.toLowerCase(), letter.toUpperCase()]) {
      if (other !== letter && nameOrRefusal(other) !== undefined) assertLookalikes(letter, other)
    }
  }
})

test('invisible characters make no difference', () => {
  assertLookalikes('نیک\u200cنام', 'نیکنام')
  assertLookalikes('क्\u200dष', 'क्ष', 'क्\u200cष')
  assertLookalikes('❤️', '❤')
  assertLookalikes('Ada  L', 'Ada\u00a0L', 'Ada\u3000L', 'Ada L')
})

test('one more blank, accent or letter makes a difference', () => {
  for (const [one, other] of [
    ...[
      ['Ada', 'A d a'] as const,
      ['Ada', 'Adam'] as const,
      ['Ada', 'Ad'] as const,
      ['Ada L', 'AdaL'] as const,
    ],
    ...[
      ['Zoe', 'Zoë'] as const,
      ['Rene', 'René'] as const,
      ['Muller', 'Müller'] as const,
      ['Ann', 'Anne'] as const,
    ],
    ...[['李', '季'] as const, ['王', '玉'] as const, ['Иван', 'Ivan'] as const, ['علی', 'عدی'] as const],
    ...[['Ada 1', 'Ada 2'] as const, ['Ada', 'Ada!'] as const, ['👍', '👎'] as const, ['🇩🇪', '🇫🇷'] as const],
    ...[
      ['さくら', 'サクラ'] as const,
      ['राम', 'रमा'] as const,
      ['Νίκος', 'Νίκη'] as const,
      ['O’Neil', 'ONeil'] as const,
    ],
  ])
    assertDifferent(one, other)
})

// With only one lookalike per name, some of these would be equal: it has to follow every chain of cases and looks.
test('ordinary names of people are not lookalikes of one another', () => {
  const names =
    'Ada Adam Alan Ali All Alina Anna Ann Anne Ava Bea Ben Bill Bob Carl Cara Clara Cora Dan Dana Dave Dean Elias Eli Ella Ellis Elisa Elsa Emil Emily Emma Eva Evan Eve Fay Finn Gil Gill Hal Hall Ian Ida Ila Ilse Ilsa Inga Ira Iris Isa Jan Jana Jill Jim John Jon Kai Karl Kim Lana Lara Lea Leila Lena Leo Lia Liam Lily Lilly Lina Linn Lisa Liz Lola Lou Lucy Luis Mae Maja Mara Maria Mark Mary Max May Mia Mila Milla Mira Moe Nan Nell Neil Nick Nico Nina Noa Noah Nora Olga Oli Olli Otto Pam Pat Paul Paula Pia Rae Ray Rina Rita Rob Rod Roe Ron Ross Roy Ruth Sal Sam Sara Sean Sid Silas Sue Tam Tara Ted Tia Tim Tina Toe Tom Troy Uli Ulli Una Ute Val Van Vera Vic Will Willi Yan Yara Yul Zara Zoe Zoë René Rene José Jose Jürgen Jurgen Müller Strauß Grob Groß Иван Ивана Анна Оля Коля Толя Юля Юлия Илья Мила Маша Паша Даша Саша Лена Вера Вова Олег Нина Инна Дима Рома Тома Катя Митя Витя Νίκος Νίκη Άννα Ελένη Γιάννης Γιώργος Μαρία Βασίλης Σοφία Βάσω Τάσω 李 季 王 玉 陈 张 林 田中 山田 さくら サクラ 민수 지수 지우 유나 अमित अनिता राम रमा محمد أحمد علی حسن حسین سارة زهرا דוד דנה נועה רות Հայկ Արմեն ნინო ლანა'.split(
      ' ',
    )
  const holders = new Map<string, string>()
  for (const name of names) {
    for (const lookalike of lookalikesOf(parseName(name))) {
      assert.equal(holders.get(lookalike), undefined, `${name} and ${holders.get(lookalike)}`)
      holders.set(lookalike, name)
    }
  }
})

test('names that Snug generates are not lookalikes of one another', () => {
  const holders = new Map<string, string>()
  for (let seed = 0; seed < 4_000; seed++) {
    const name = parseName(generateFriendlyName(`seed ${seed}`, 0))
    for (const lookalike of lookalikesOf(name)) assert.equal(holders.get(lookalike) ?? name, name)
    for (const lookalike of lookalikesOf(name)) holders.set(lookalike, name)
  }
})

test('two directions of writing in one name look the same in either order', () => {
  assertLookalikes('Ada אדה', 'אדה Ada')
  assertLookalikes('علی Ali', 'Ali علی')
  assertLookalikes('אב-Ada', 'Ada-אב')
  assertDifferent('Ada אדה', 'Ada האד')
  assertDifferent('אב 1', '1 אב')
})

test('every disguise of ten names is a lookalike of them, or is refused', () => {
  let tried = 0
  let accepted = 0
  for (const name of ['Ada', 'Bob', 'Grace H', 'Mike', 'Quinn', 'Zoë', 'Xu Fei', 'Ovid 7', 'Иван', 'Νίκος']) {
    const characters = [...name]
    for (const [at, character] of characters.entries()) {
      for (const other of charactersBySkeleton.get(skeletonOf(character)) ?? []) {
        tried++
        const typed = characters.with(at, other).join('')
        const disguised = nameOrRefusal(typed)
        if (disguised === undefined) continue
        accepted++
        assert.ok(
          areLookalikes(name, disguised),
          `${name} and ${disguised}, U+${other.codePointAt(0)?.toString(16)}`,
        )
      }
    }
  }
  assert.ok(accepted > 900, `${accepted} of ${tried} were accepted`)
})

test('the skeleton of a text is its own skeleton', () => {
  fc.assert(
    fc.property(anyName, (text) => {
      assert.equal(skeletonOf(skeletonOf(text)), skeletonOf(text))
    }),
    { numRuns: 2000 },
  )
})

test('skeletons are those of UTS #39', () => {
  for (const [text, skeleton] of [
    ['paypal', 'paypal'],
    ['раураӏ', 'paypal'],
    ['Ι1|l', 'llll'],
    ['m', 'rn'],
    ['0O', 'OO'],
    ['œ', 'oe'],
    ['Å', 'A\u030a'],
    ['a\u200db\u00adc', 'abc'],
    ['"', "''"],
  ] as const)
    assert.equal(skeletonOf(text), skeleton)
})

test('a lookalike is one of its own lookalikes, and every name has at least one', () => {
  fc.assert(
    fc.property(anyName, (typed) => {
      const name = nameOrRefusal(typed)
      if (name === undefined) return
      const lookalikes = lookalikesOf(name)
      assert.ok(lookalikes.length >= 1 && lookalikes.length <= 6)
      for (const lookalike of lookalikes) {
        assert.ok(lookalike.trim() !== '', JSON.stringify(name))
        assert.ok(
          lookalikesOf(lookalike).includes(lookalike),
          `${JSON.stringify(name)} by ${JSON.stringify(lookalike)}`,
        )
      }
    }),
    { numRuns: 3000 },
  )
})

test('case makes no difference to any name', () => {
  fc.assert(
    fc.property(anyName, (typed) => {
      const name = nameOrRefusal(typed)
      if (name === undefined) return
      for (const other of [name.toLowerCase(), name.toUpperCase()]) {
        const renamed = nameOrRefusal(other)
        if (renamed !== undefined) assert.ok(areLookalikes(name, renamed), `${name} and ${renamed}`)
      }
    }),
    { numRuns: 3000 },
  )
})
