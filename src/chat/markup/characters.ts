/**
 * The kind of a character, as far as the borders of words matter:
 * - `blank`: white space, what can't be seen, and the borders of the text
 * - `word`: letters, marks, digits and `_` of scripts that put spaces between words
 * - `dense`: letters of scripts that put none, or that join endings to any word
 * - `mark`: punctuation and emoji beyond ASCII
 * - `sign`: other signs beyond ASCII, such as × and €
 * - any other ASCII character is its own kind
 */
export type CharacterKind = string

const BLANK = /^[\s\p{Cc}\p{Default_Ignorable_Code_Point}\u2800]/u
const DENSE =
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}ー々]/u
const WORD = /^[\p{Alphabetic}\p{M}\p{N}\p{Co}]/u
const MARK = /^[\p{P}\p{So}]/u

const ASCII_KINDS: readonly CharacterKind[] = Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code)
  if (/[\s\p{Cc}]/u.test(character)) return 'blank'
  return /\w/.test(character) ? 'word' : character
})

/** The kind of the character that begins at `index`. */
export function kindAt(text: string, index: number): CharacterKind {
  const code = text.codePointAt(index)
  return code === undefined ? 'blank' : kindOf(code)
}

/** The kind of the character that ends before `index`. */
export function kindBefore(text: string, index: number): CharacterKind {
  const unit = text.charCodeAt(index - 1)
  const isLowSurrogate = unit >= 0xdc00 && unit <= 0xdfff
  return index === 0 ? 'blank' : kindAt(text, isLowSurrogate && index > 1 ? index - 2 : index - 1)
}

function kindOf(code: number): CharacterKind {
  const ascii = ASCII_KINDS[code]
  if (ascii !== undefined) return ascii
  const character = String.fromCodePoint(code)
  if (BLANK.test(character)) return 'blank'
  if (DENSE.test(character)) return 'dense'
  if (WORD.test(character)) return 'word'
  return MARK.test(character) ? 'mark' : 'sign'
}

const UNSEEN = /^[\p{Default_Ignorable_Code_Point}\p{Cc}]+/u
const UNSEEN_AT_END = /(?:(?!\s)[\p{Default_Ignorable_Code_Point}\p{Cc}])+$/u

/** Characters that are read as one word, whatever can’t be seen between them, are looked for within this distance. */
const UNSEEN_MAX = 64

/** The first index from `index` on where something can be seen, a blank included. */
export function skipUnseen(text: string, index: number): number {
  const ahead = text.slice(index, index + UNSEEN_MAX)
  return index + (/^\s/.test(ahead) ? 0 : (UNSEEN.exec(ahead)?.[0].length ?? 0))
}

/** The last index up to `index` before which something can be seen, a blank included. */
export function skipUnseenBefore(text: string, index: number): number {
  return index - (UNSEEN_AT_END.exec(text.slice(Math.max(0, index - UNSEEN_MAX), index))?.[0].length ?? 0)
}

/** Whether nothing of the text can be seen. */
export function isBlank(text: string): boolean {
  return /^[\s\p{Cc}\p{Default_Ignorable_Code_Point}\u2800]*$/u.test(text)
}
