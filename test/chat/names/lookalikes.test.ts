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

/** Whether one of these can be taken for the other. */
function alike(one: string, other: string): boolean {
  const likenesses = lookalikesOf(parseName(other))
  return lookalikesOf(parseName(one)).some((likeness) => likenesses.includes(likeness))
}

function areAlike(...names: readonly string[]): void {
  for (const one of names) for (const other of names) assert.ok(alike(one, other), `${one} and ${other}`)
}

function differ(one: string, other: string): void {
  assert.ok(!alike(one, other), `${one} and ${other}`)
}

/** Every character by how it looks in a name. */
const lookAlikes = Map.groupBy(
  Array.from({ length: 0x20000 }, (_, code) => String.fromCodePoint(code)).filter(
    (character) => !/[\p{Cn}\p{Co}\p{Cs}]/u.test(character),
  ),
  (character) => skeletonOf(character.normalize('NFKC')),
)

test('a name in the letters of another script is the same name', () => {
  areAlike('Ada', 'Аda', 'Adа', 'АDА', 'Αda', 'Ａｄａ', 'ADA', 'ada', '𝐀𝐝𝐚', ' Ada ', 'ᎪᎠᎪ')
  areAlike('Bob', 'Вob', 'Βob', 'BОВ', 'b0b', 'ВОВ', 'Воb')
  areAlike('Pascal', 'Раsсаl', 'PАЅСАL', 'pаsсаl', 'Ρascal')
  areAlike('Hans', 'Нans', 'HΑΝЅ', 'НАNS', 'һans')
})

test('letters, digits and signs that look the same are the same', () => {
  areAlike('Bill', 'BiIl', 'BilI', 'Bi1l', 'Bi|l', 'BiII')
  areAlike('Bill', 'B1ll', 'BILL', 'bill', 'B|LL')
  areAlike('mom', 'rnorn', 'MOM', 'Mom')
  areAlike('Otto', '0tt0', 'OTTO', 'οttο', 'Оtto')
  areAlike('O’Neil', "O'Neil", 'OʹNeil', 'O`Neil', 'О‛Neil', 'o’NEIL')
  areAlike('Jean-Luc', 'Jean‐Luc', 'Jean–Luc', 'Jean−Luc', 'jean˗luc')
})

test('upper and lower case are the same, in every script that has them', () => {
  areAlike('Straße', 'STRASSE', 'strasse', 'STRAẞE', 'Straẞe')
  areAlike('Ὀδυσσεύς', 'ὈΔΥΣΣΕΎΣ', 'ὀδυσσεύσ')
  areAlike('ΝΙΚΟΣ', 'νικος', 'νικοσ', 'Νικος')
  areAlike('İpek', 'ipek', 'i\u0307pek')
  areAlike('Işık', 'IŞIK', 'işik', 'ışık')
  areAlike('ᏣᎳᎩ', 'ꮳꮃꭹ', 'Ꮳꮃꭹ')
  areAlike('Иван', 'ИВАН', 'иван')
  areAlike('ნინო', 'ᲜᲘᲜᲝ')
  areAlike('ǆulija', 'ǅulija', 'ǄULIJA')
  for (let code = 0; code <= 0x1ffff; code++) {
    const character = String.fromCodePoint(code)
    if (character.toLowerCase() === character.toUpperCase()) continue
    const letter = nameOrRefusal(character)
    if (letter === undefined) continue
    for (const other of [letter.toLowerCase(), letter.toUpperCase()]) {
      if (other !== letter && nameOrRefusal(other) !== undefined) areAlike(letter, other)
    }
  }
})

test('what can’t be seen makes no difference', () => {
  areAlike('نیک\u200cنام', 'نیکنام')
  areAlike('क्\u200dष', 'क्ष', 'क्\u200cष')
  areAlike('❤️', '❤')
  areAlike('Ada  L', 'Ada\u00a0L', 'Ada\u3000L', 'Ada L')
})

test('blanks, accents and letters more or less are seen', () => {
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
    differ(one, other)
})

// What one likeness for each name would make the same: it has to follow every chain of case and looks.
test('honest names of people differ from one another', () => {
  const names =
    'Ada Adam Alan Ali All Alina Anna Ann Anne Ava Bea Ben Bill Bob Carl Cara Clara Cora Dan Dana Dave Dean Elias Eli Ella Ellis Elisa Elsa Emil Emily Emma Eva Evan Eve Fay Finn Gil Gill Hal Hall Ian Ida Ila Ilse Ilsa Inga Ira Iris Isa Jan Jana Jill Jim John Jon Kai Karl Kim Lana Lara Lea Leila Lena Leo Lia Liam Lily Lilly Lina Linn Lisa Liz Lola Lou Lucy Luis Mae Maja Mara Maria Mark Mary Max May Mia Mila Milla Mira Moe Nan Nell Neil Nick Nico Nina Noa Noah Nora Olga Oli Olli Otto Pam Pat Paul Paula Pia Rae Ray Rina Rita Rob Rod Roe Ron Ross Roy Ruth Sal Sam Sara Sean Sid Silas Sue Tam Tara Ted Tia Tim Tina Toe Tom Troy Uli Ulli Una Ute Val Van Vera Vic Will Willi Yan Yara Yul Zara Zoe Zoë René Rene José Jose Jürgen Jurgen Müller Strauß Grob Groß Иван Ивана Анна Оля Коля Толя Юля Юлия Илья Мила Маша Паша Даша Саша Лена Вера Вова Олег Нина Инна Дима Рома Тома Катя Митя Витя Νίκος Νίκη Άννα Ελένη Γιάννης Γιώργος Μαρία Βασίλης Σοφία Βάσω Τάσω 李 季 王 玉 陈 张 林 田中 山田 さくら サクラ 민수 지수 지우 유나 अमित अनिता राम रमा محمد أحمد علی حسن حسین سارة زهرا דוד דנה נועה רות Հայկ Արմեն ნინო ლანა'.split(
      ' ',
    )
  const holders = new Map<string, string>()
  for (const name of names) {
    for (const likeness of lookalikesOf(parseName(name))) {
      assert.equal(holders.get(likeness), undefined, `${name} and ${holders.get(likeness)}`)
      holders.set(likeness, name)
    }
  }
})

test('names that Snug gives differ from one another', () => {
  const holders = new Map<string, string>()
  for (let seed = 0; seed < 4_000; seed++) {
    const name = parseName(generateFriendlyName(`seed ${seed}`, 0))
    for (const likeness of lookalikesOf(name)) assert.equal(holders.get(likeness) ?? name, name)
    for (const likeness of lookalikesOf(name)) holders.set(likeness, name)
  }
})

test('two languages in one name look the same in either order', () => {
  areAlike('Ada אדה', 'אדה Ada')
  areAlike('علی Ali', 'Ali علی')
  areAlike('אב-Ada', 'Ada-אב')
  differ('Ada אדה', 'Ada האד')
  differ('אב 1', '1 אב')
})

test('every look-alike of ten names is taken for them, or refused', () => {
  let tried = 0
  let accepted = 0
  for (const name of ['Ada', 'Bob', 'Grace H', 'Mike', 'Quinn', 'Zoë', 'Xu Fei', 'Ovid 7', 'Иван', 'Νίκος']) {
    const characters = [...name]
    for (const [at, character] of characters.entries()) {
      for (const other of lookAlikes.get(skeletonOf(character)) ?? []) {
        tried++
        const typed = characters.with(at, other).join('')
        const disguised = nameOrRefusal(typed)
        if (disguised === undefined) continue
        accepted++
        assert.ok(alike(name, disguised), `${name} and ${disguised}, U+${other.codePointAt(0)?.toString(16)}`)
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

test('a likeness is one of its own likenesses, and every name has some', () => {
  fc.assert(
    fc.property(anyName, (typed) => {
      const name = nameOrRefusal(typed)
      if (name === undefined) return
      const likenesses = lookalikesOf(name)
      assert.ok(likenesses.length >= 1 && likenesses.length <= 6)
      for (const likeness of likenesses) {
        assert.ok(likeness.trim() !== '', JSON.stringify(name))
        assert.ok(
          lookalikesOf(likeness).includes(likeness),
          `${JSON.stringify(name)} by ${JSON.stringify(likeness)}`,
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
        if (renamed !== undefined) assert.ok(alike(name, renamed), `${name} and ${renamed}`)
      }
    }),
    { numRuns: 3000 },
  )
})
