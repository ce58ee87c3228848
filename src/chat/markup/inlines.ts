import { isBlank, kindAt, kindBefore } from './characters.ts'
import { canBegin, canEnd, nestEmphasis, type Stars } from './emphasis.ts'
import type { Inline } from './inline.ts'
import type { Link } from './links.ts'

/** A run of one sign, a star or a backtick. */
interface Mark {
  readonly from: number
  readonly to: number
  readonly isCode: boolean
}

/** @param links the links in the text, in order. None of them contains a backtick. */
export function parseInlines(text: string, links: readonly Link[]): readonly Inline[] {
  const marks = findMarks(text)
  // A mark alone has no other to pair with.
  if (marks.length < 2 && links.length === 0) return [{ kind: 'text', text }]
  const closings = text.includes('`') ? findClosings(marks) : []
  const pieces: (Inline | Stars)[] = []
  let done = 0
  const add = (from: number, to: number, piece: Inline | Stars) => {
    if (from > done) pieces.push({ kind: 'text', text: text.slice(done, from) })
    pieces.push(piece)
    done = to
  }
  let nextLink = 0
  const addLinks = (before: number) => {
    for (let link = links[nextLink]; link && link.from < before; link = links[++nextLink]) {
      if (link.from < done) continue
      add(link.from, link.to, { kind: 'link', text: text.slice(link.from, link.to), href: link.href })
    }
  }
  for (const [at, mark] of marks.entries()) {
    addLinks(mark.from)
    // Within a link or code.
    if (mark.from < done) continue
    if (mark.isCode) {
      const closing = marks[closings[at] ?? -1]
      const code = closing && codeBetween(text, mark, closing)
      if (code !== undefined) add(mark.from, closing?.to ?? mark.to, { kind: 'code', text: code })
    } else {
      const stars = starsAt(text, mark, pieces.at(-1)?.kind === 'link' && done === mark.from)
      if (stars.begins || stars.ends) add(mark.from, mark.to, stars)
    }
  }
  addLinks(text.length)
  if (done < text.length) pieces.push({ kind: 'text', text: text.slice(done) })
  return nestEmphasis(pieces)
}

function findMarks(text: string): readonly Mark[] {
  return Array.from(text.matchAll(/\*+|`+/g), ({ 0: run, index }) => ({
    from: index,
    to: index + run.length,
    isCode: run.startsWith('`'),
  }))
}

/** @param isBehindLink whether a link ends at the stars: it is a word, whatever sign it ends with */
function starsAt(text: string, { from, to }: Mark, isBehindLink: boolean): Stars {
  const count = to - from
  if (isQuoted(text, from, to)) return { kind: 'stars', count, begins: false, ends: false }
  const [before, after] = [isBehindLink ? 'word' : kindBefore(text, from), kindAt(text, to)]
  return { kind: 'stars', count, begins: canBegin(count, before, after), ends: canEnd(count, before, after) }
}

/** Whether the stars alone stand in quotes: they are what somebody writes about. */
function isQuoted(text: string, from: number, to: number): boolean {
  return /^(?:["'‘’“”„«»]["'‘’“”«»]|「」|『』)$/.test(text.charAt(from - 1) + text.charAt(to))
}

/** For each run of backticks the next one of the same length; -1 if there is none. */
function findClosings(marks: readonly Mark[]): readonly number[] {
  const nextOfLength = new Map<number, number>()
  const closings = marks.map(() => -1)
  for (let at = marks.length - 1; at >= 0; at--) {
    const mark = marks[at]
    if (!mark?.isCode) continue
    closings[at] = nextOfLength.get(mark.to - mark.from) ?? -1
    nextOfLength.set(mark.to - mark.from, at)
  }
  return closings
}

/**
 * The code between two runs of backticks; undefined if nothing of it can be seen. A backtick after a letter begins no
 * code: many people type it as an apostrophe.
 */
function codeBetween(text: string, opening: Mark, closing: Mark): string | undefined {
  if (kindBefore(text, opening.from) === 'word') return undefined
  const code = text.slice(opening.to, closing.from)
  if (isBlank(code)) return undefined
  // One blank on both sides separates the backticks from others in the code (CommonMark §6.1).
  return /^ .* $/s.test(code) ? code.slice(1, -1) : code
}
