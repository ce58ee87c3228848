import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { formatConfusablesModule, readConfusables, selectForNames } from '../../../scripts/confusables.ts'
import { CONFUSABLES, CONFUSABLES_VERSION } from '../../../src/chat/names/confusables.ts'
import { skeletonOf } from '../../../src/chat/names/lookalikes.ts'

const TABLE = join(import.meta.dirname, '..', '..', '..', 'src', 'chat', 'names', 'confusables.ts')

/** Some lines of confusables.txt in the format of Unicode. */
const SAMPLE = `\uFEFF# confusables.txt
# Date: 2025-07-22, 05:49:37 GMT
# Version: 17.0.0

05AD ;\t0596 ;\tMA\t# ( ֭ → ֖ ) HEBREW ACCENT DEHI → HEBREW ACCENT TIPEHA\t#

0410 ;\t0041 ;\tMA\t# ( А → A ) CYRILLIC CAPITAL LETTER A → LATIN CAPITAL LETTER A\t#
FF21 ;\t0041 ;\tMA\t# ( Ａ → A ) FULLWIDTH LATIN CAPITAL LETTER A → LATIN CAPITAL LETTER A\t# →А→
006D ;\t0072 006E ;\tMA\t# ( m → rn ) LATIN SMALL LETTER M → LATIN SMALL LETTER R, LATIN SMALL LETTER N\t#
0031 ;\t006C ;\tMA\t# ( 1 → l ) DIGIT ONE → LATIN SMALL LETTER L\t#
1F10F ;\t0024 20E0 ;\tMA\t#* ( 🄏 → $⃠ ) CIRCLED DOLLAR SIGN WITH OVERLAID BACKSLASH\t#

# total: 6
`

test('the file of Unicode is read line by line, without characters that names can’t contain', () => {
  const { version, lookalikes } = readConfusables(SAMPLE)
  assert.equal(version, '17.0.0')
  assert.deepEqual(
    [...selectForNames(lookalikes)],
    [
      ['\u05ad', '\u0596'],
      ['А', 'A'],
      ['m', 'rn'],
      ['1', 'l'],
      ['\u{1f10f}', '$\u20e0'],
    ],
  )
  assert.equal(lookalikes.get('Ａ'), 'A')
  assert.match(formatConfusablesModule(SAMPLE), /`\n24\+20e0 1f10f;41 410;6c 31;72\+6e 6d;\n596 5ad;\n`\n$/)
  assert.throws(() => readConfusables('0410 ;\t0041 ;\tMA'), /names no version/)
})

test('the table is complete, and has the Unicode version of this Node.js', () => {
  assert.equal(CONFUSABLES_VERSION, '17.0.0')
  assert.ok(CONFUSABLES_VERSION.startsWith(process.versions.unicode ?? 'unknown'))
  assert.equal(CONFUSABLES.match(/ /g)?.length, 2_743)
  assert.equal(CONFUSABLES.match(/;/g)?.length, 1_678)
  for (const [character, prototype] of [
    ['А', 'A'],
    ['Α', 'A'],
    ['в', 'ʙ'],
    ['с', 'c'],
    ['0', 'O'],
    ['1', 'l'],
    ['I', 'l'],
    ['|', 'l'],
    ['m', 'rn'],
    ['"', "''"],
    ['ו', 'l'],
    ['Ꭺ', 'A'],
    ['ν', 'v'],
    ['ᲁ', 'ᲁ'],
    ['愸', '𫜿'],
    ['\u05ad', '\u0596'],
    ['\u0901', '\u0306\u0307'],
  ] as const)
    assert.equal(skeletonOf(character), prototype, character)
})

test('the table is small, and names the source and the licence of its data', () => {
  const source = readFileSync(TABLE, 'utf8')
  assert.ok(Buffer.byteLength(source) < 32_000)
  assert.match(source, /Generated from Unicode’s confusables\.txt by scripts\/confusables\.ts/)
  assert.match(source, /UNICODE LICENSE V3.*Copyright © 1991-2025 Unicode, Inc\..*Unicode-3\.0/s)
})

// These tests need the file of Unicode: CONFUSABLES=…/confusables.txt is its path.
if (process.env.CONFUSABLES) {
  const file = readFileSync(process.env.CONFUSABLES, 'utf8')

  test('the table is the output of the script for the file', () => {
    assert.equal(readFileSync(TABLE, 'utf8'), formatConfusablesModule(file))
  })

  test('the table has every line of the file that can occur in a name, and nothing else', () => {
    const { lookalikes } = readConfusables(file)
    assert.equal(lookalikes.size, Number(/^# total: (\d+)$/m.exec(file)?.[1]))
    const possible = selectForNames(lookalikes)
    for (const [character, prototype] of possible) assert.equal(skeletonOf(character), skeletonOf(prototype))
    for (let code = 0; code < 0x110000; code++) {
      const character = String.fromCodePoint(code)
      if (
        /[\p{Cs}\p{Default_Ignorable_Code_Point}]/u.test(character) ||
        character.normalize('NFKD') !== character
      )
        continue
      if (!possible.has(character)) assert.equal(skeletonOf(character), character)
    }
  })
}
