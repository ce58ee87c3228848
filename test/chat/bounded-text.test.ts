import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isLongerThan, parseUrl } from '../../src/chat/bounded-text.ts'
import { parseOrigins } from '../../src/chat/embedding.ts'
import { parseDraft } from '../../src/chat/message.ts'
import { parseName, parseNameBeginning } from '../../src/chat/names/name.ts'
import { Refusal } from '../../src/chat/refusal.ts'
import { isTypedSlug, parseSlug } from '../../src/chat/room.ts'

/** Sorting these takes the normaliser seconds: each mark must change places with the others. */
const MARKS = `a${'\u0301\u0323'.repeat(60_000)}`

const LARGE = {
  marks: MARKS,
  'marks behind blanks': ' '.repeat(120_000) + MARKS,
  'characters that expand': '\ufdfa'.repeat(100_000),
  'viramas and joiners': 'क\u094d\u200c'.repeat(40_000),
  'blanks between letters': 'a \u3000'.repeat(40_000),
  'emoji with selectors': '❤\ufe0f'.repeat(60_000),
  'lone surrogates': '\ud800'.repeat(120_000),
}

const PARSERS: Readonly<Record<string, (text: string) => unknown>> = {
  parseName,
  parseNameBeginning,
  parseSlug,
  isTypedSlug: (text) => isTypedSlug(parseSlug('tea'), text),
  parseUrl: (text) => parseUrl(`https://${text}`),
  parseOrigins: (text) => parseOrigins(`https://${text.replaceAll(' ', '')}`),
  parseDraft: (text) => parseDraft({ text }),
}

/** The shortest of several runs: others may use the processor meanwhile. */
function millisecondsOf(run: () => unknown): number {
  const times = Array.from({ length: 3 }, () => {
    const start = performance.now()
    try {
      run()
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
    }
    return performance.now() - start
  })
  return Math.min(...times)
}

for (const [parser, parse] of Object.entries(PARSERS)) {
  for (const [what, text] of Object.entries(LARGE)) {
    test(`${parser} is quick with a hundred thousand ${what}`, () => {
      const ms = millisecondsOf(() => parse(text))
      assert.ok(ms < 50, `${ms.toFixed(1)} ms`)
    })
  }
}

test('a text is measured in code points, and no further than needed', () => {
  assert.equal(isLongerThan('👍👍', 2), false)
  assert.equal(isLongerThan('👍👍a', 2), true)
  assert.equal(isLongerThan('', 0), false)
})

test('what is too long to be a name or a room says so, and counts as oversized', () => {
  for (const [parse, limit] of [
    [parseName, 32],
    [parseSlug, 48],
  ] as const) {
    for (const text of ['x'.repeat(5_000), MARKS]) {
      assert.throws(
        () => parse(text),
        ({ code, message, oversized }: Refusal) =>
          code === 'invalid' && oversized && message.includes(String(limit)),
      )
    }
    assert.throws(
      () => parse('x'.repeat(limit + 1)),
      ({ code, oversized }: Refusal) => code === 'invalid' && !oversized,
    )
  }
  assert.throws(
    () => parseDraft({ text: ' '.repeat(5_000) }),
    ({ code, oversized }: Refusal) => code === 'invalid' && oversized,
  )
})

test('the longest names and rooms are still accepted in any normal form, with blanks around them', () => {
  const accented = 'ṩ'
  for (const letter of [accented, 'ᾂ', '한', 'é', '👍']) {
    const [name, slug] = [letter.repeat(32), parseSlug(`${letter}a`.repeat(24))]
    for (const form of ['NFC', 'NFD'] as const) {
      assert.equal(parseName(`${' \n'.repeat(500)}${name.normalize(form)}\t`), name.normalize('NFKC'))
      if (letter !== '👍') assert.equal(parseSlug(`${' '.repeat(900)}${slug.normalize(form)}`), slug)
    }
  }
})

test('the beginning of a name is compared in the form that names have', () => {
  assert.equal(parseNameBeginning('Ｅ\u0301mi'), 'émi')
  assert.equal(parseNameBeginning('Ada  '), 'ada ')
  assert.equal(parseNameBeginning('x'.repeat(33)), undefined)
})
