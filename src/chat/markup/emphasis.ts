import type { CharacterKind } from './characters.ts'
import type { EmphasisTag, Inline } from './inline.ts'

/** One to three stars can begin or end emphasis: `*em*`, `**strong**`, `***both***`. */
const STARS_MAX = 3

/** How many emphases may wait for their end. Earlier ones are text as typed. */
const WAITING_MAX = 20

/** A run of stars. */
export interface Stars {
  readonly kind: 'stars'
  readonly count: number
  /** Whether emphasis can begin, and end, here. */
  readonly begins: boolean
  readonly ends: boolean
}

// Emphasis begins and ends at the border of words, so that the stars of `6*7*8`, `Kolleg*innen`, `f(*args)`, `/* a */`,
// `*.ts` and `.*` stay. These are the neighbours of stars that emphasis allows.

const BEFORE_BEGINNING = new Set(['blank', 'dense', 'mark', '(', '[', '{', '"', "'", '-'])
const NEVER_FIRST = new Set(['blank', ...')]}.,;:!?-/\\=|^>'])
const NEVER_LAST = new Set(['blank', ...'([{,-/\\=|^<&'])
const AFTER_END = new Set(['blank', 'dense', 'mark', ...')]}.,;:!?"\'-'])

/** Whether emphasis can begin at so many stars between characters of these kinds. */
export function canBegin(count: number, before: CharacterKind, after: CharacterKind): boolean {
  return count <= STARS_MAX && BEFORE_BEGINNING.has(before) && !NEVER_FIRST.has(after)
}

/** Whether emphasis can end at so many stars between characters of these kinds. */
export function canEnd(count: number, before: CharacterKind, after: CharacterKind): boolean {
  return count <= STARS_MAX && !NEVER_LAST.has(before) && AFTER_END.has(after)
}

/** A run of stars with what was found to begin and end at it. */
class Run {
  left: number
  readonly closing: EmphasisTag[] = []
  readonly opening: EmphasisTag[] = []

  constructor({ count }: Stars) {
    this.left = count
  }

  addTo(pieces: Inline[]): void {
    for (const tag of this.closing) pieces.push({ kind: 'close', tag })
    if (this.left > 0) pieces.push({ kind: 'text', text: '*'.repeat(this.left) })
    // What was found later is around what was found before.
    for (const tag of this.opening.toReversed()) pieces.push({ kind: 'open', tag })
  }
}

/** Pairs runs of stars. The others become text. */
export function nestEmphasis(pieces: readonly (Inline | Stars)[]): readonly Inline[] {
  const waiting: Run[] = []
  const paired = pieces.map((piece) => {
    if (piece.kind !== 'stars') return piece
    const run = new Run(piece)
    if (piece.ends) while (run.left > 0 && closeOne(waiting, run));
    if (piece.begins && run.left > 0) {
      waiting.push(run)
      if (waiting.length > WAITING_MAX) waiting.shift()
    }
    return run
  })
  const nested: Inline[] = []
  for (const piece of paired) {
    if (piece instanceof Run) piece.addTo(nested)
    else nested.push(piece)
  }
  return nested
}

/** Ends the last emphasis that fits at `end`, with as many stars as both have. Those within it never end. */
function closeOne(waiting: Run[], end: Run): boolean {
  const at = waiting.findLastIndex(({ left }) => starsOfPair(left, end.left) > 0)
  const beginning = waiting[at]
  if (!beginning) return false
  const stars = starsOfPair(beginning.left, end.left)
  const tag = stars === 1 ? 'em' : 'strong'
  beginning.opening.push(tag)
  end.closing.push(tag)
  beginning.left -= stars
  end.left -= stars
  waiting.length = beginning.left > 0 ? at + 1 : at
  return true
}

/** How many stars of two runs make a pair: one for em, two for strong. Two and one are no pair. */
function starsOfPair(beginning: number, end: number): number {
  if (beginning === STARS_MAX && end === STARS_MAX) return 2
  if (beginning === end || end === STARS_MAX) return beginning
  return beginning === STARS_MAX ? end : 0
}
