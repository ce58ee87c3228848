import { lazy } from '../lazy.ts'

/** Letters, marks and digits of scripts that put blanks between words. The others have borders everywhere. */
const WORD =
  '[[\\p{L}\\p{M}\\p{N}_]--[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Hangul}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}\\u30fc]]'

/** The sign before a name that is mentioned, also as input methods for Chinese and Japanese type it. */
const AT = '[@＠﹫]'

/** No message mentions more people. */
const MENTIONS_MAX = 50

/** A name with further blanks and asterisks is looked for in so much of the text. */
const SEARCHED_MAX = 200

/** As many blanks in a mention count as the one in a name. */
const BLANKS_MAX = 8

/** Stands for what mentions nobody: code, links, pictures. */
export const NO_TEXT = '\ufffc'

// Compiled at the first use: few messages mention anybody.
const mentionSign = lazy(() => new RegExp(`(?<!${WORD}|@)@`, 'gv'))
const endsInWord = lazy(() => new RegExp(`${WORD}$`, 'v'))
/** An address such as @ada@example.org is somebody’s elsewhere. */
const border = lazy(() => new RegExp(`(?!${WORD}|@${WORD})`, 'vy'))
const mentionBegun = lazy(() => new RegExp(`(?<!${WORD})${AT}([^@＠﹫\\n]{0,32})$`, 'v'))

/**
 * Finds who is mentioned in a message, the same for the page, its notifications and every other client.
 *
 * A mention is `@` and a name in any case. No letter or digit stands before the sign or behind the name, so that
 * `bob@ada.org` and `@Ada_x` mention nobody. Of several names that fit, the longest counts: `@Ada 2` mentions `Ada 2`.
 * @param text the visible text, with `NO_TEXT` in place of code and links
 * @param names the names of those who are present
 */
export function findMentions(text: string, names: Iterable<string> | NameIndex): Set<string> {
  const mentioned = new Set<string>()
  if (!/[@＠﹫]/.test(text)) return mentioned
  const folded = fold(text)
  const signs = [...folded.matchAll(mentionSign())].slice(0, MENTIONS_MAX)
  if (signs.length === 0) return mentioned
  const candidates = 'byKey' in names ? names : indexNames(names)
  for (const { index } of signs) {
    const found = candidateAt(folded, index + 1, candidates)
    if (found !== undefined) mentioned.add(found)
  }
  return mentioned
}

/** Names that are looked for in several texts. */
export interface NameIndex {
  readonly byKey: ReadonlyMap<string, readonly { readonly name: string; readonly folded: string }[]>
  /** Of the keys, the greatest first. */
  readonly lengths: readonly number[]
}

export function indexNames(names: Iterable<string>): NameIndex {
  const byKey = new Map<string, { name: string; folded: string }[]>()
  for (const name of names) {
    const candidate = { name, folded: fold(name) }
    const key = keyOf(candidate.folded)
    byKey.set(key, [...(byKey.get(key) ?? []), candidate])
  }
  const lengths = [...new Set([...byKey.keys()].map((key) => key.length))].sort((a, b) => b - a)
  return { byKey, lengths }
}

/**
 * The beginning of the name at the end of a text that is being typed.
 * @returns undefined if no mention was begun
 */
export function beginningOfMention(text: string): string | undefined {
  return mentionBegun().exec(text)?.[1]
}

/** No name has as many marks on a letter. Normalising a run of marks takes a time quadratic in its length. */
const MARKS_MAX = 8
const SURPLUS_MARKS = new RegExp(`(?<=\\p{M}{${MARKS_MAX}})\\p{M}+`, 'gu')

function fold(text: string): string {
  return text.replace(SURPLUS_MARKS, '').normalize('NFKC').toLowerCase()
}

/** Names and texts that can be the same have the same key: asterisks may be gone, and blanks may be several. */
function keyOf(text: string): string {
  return text.replaceAll('*', '').replace(/\s+/g, ' ')
}

/** The longest name at an index of the text. The time does not depend on how many names there are. */
function candidateAt(text: string, index: number, { byKey, lengths }: NameIndex): string | undefined {
  const key = keyOf(text.slice(index, index + SEARCHED_MAX))
  for (const length of lengths) {
    const near = byKey.get(key.slice(0, length)) ?? []
    const found = near.find((candidate) => standsAt(text, index, candidate.folded))
    if (found) return found.name
  }
  return undefined
}

/** Whether this name stands at an index of the text, and ends there. */
function standsAt(text: string, index: number, name: string): boolean {
  let at = index
  for (const character of name) {
    if (character === ' ') {
      const blanks = /^\s*/.exec(text.slice(at, at + BLANKS_MAX))?.[0].length ?? 0
      if (blanks === 0) return false
      at += blanks
    } else if (text.startsWith(character, at)) {
      at += character.length
    } else if (character !== '*') {
      // Asterisks are markup in a message, so that those of M*A*S*H may be gone.
      return false
    }
  }
  if (!endsInWord().test(name)) return true
  border().lastIndex = at
  return border().test(text)
}
