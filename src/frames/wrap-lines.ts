/**
 * No line of a terminal's stream is wider. Terminals of 80 columns and more then never break one themselves: what they
 * move to the next line begins there like a line of Snug's, and a text padded to their width could imitate one.
 */
const COLUMNS_MAX = 79

/** Begins the further lines of a message, so that none of them can look like another message or a notice of Snug. */
const INDENT = '      '

/** After a head wider than this (time and name) the text begins in the next line. */
const HEAD_COLUMNS_MAX = 40

const TAB_COLUMNS = 8

const LINE_ENDS = /\n|\u2028|\u2029/

// In a narrower terminal, what looks like the beginning of a message gets a line of its own, which is indented.
const IMITATION = /(?<=\S)\s+(?=\p{Nd}{2}\p{P}\p{Nd}{2}\s.{0,60}:)|(?<=\S)\s{2,}(?=--\s)/u

/** Extended Latin and Greek, punctuation, arrows, mathematics; lines and blocks for drawing. */
const NARROW = /[\u1e00-\u22ff\u2500-\u259f]/

const SEGMENTER = new Intl.Segmenter('en', { granularity: 'grapheme' })

/**
 * Breaks a text into lines that fit into a terminal after their indent. Only an address stays whole, however long it
 * is:
 * it has no blanks, so that it can't look like a line of Snug's.
 * @param start the width of what stands before the text in its first line
 */
export function wrapLines(text: string, start: number): string {
  return text
    .split(LINE_ENDS)
    .flatMap((line, index) => {
      const first = index === 0 ? start : INDENT.length
      // Short lines, which are nearly all: every UTF-16 unit takes two columns at most, except a tab.
      const isShort = first + 2 * line.length <= COLUMNS_MAX && !line.includes('\t')
      return isShort && !IMITATION.test(line) ? [line] : wrapLine(line, first)
    })
    .join(`\n${INDENT}`)
}

function wrapLine(line: string, start: number): string[] {
  const lines: string[] = []
  let current = ''
  let column = start
  const breakLine = () => {
    lines.push(current.trimEnd())
    current = ''
    column = INDENT.length
  }
  for (const part of line.split(IMITATION)) {
    if (current !== '') breakLine()
    for (const word of part.match(/\s+|\S+/gu) ?? []) {
      const isBlank = /^\s/u.test(word)
      if (column + columnsOf(word) <= COLUMNS_MAX || (isAddress(word) && current === '')) {
        current += word
        column += columnsOf(word)
        continue
      }
      const fitsAlone = isAddress(word) || INDENT.length + columnsOf(word) <= COLUMNS_MAX
      if (current === '' ? column > HEAD_COLUMNS_MAX : fitsAlone) breakLine()
      // The blanks at a break are dropped.
      if (isBlank) continue
      for (const piece of isAddress(word) ? [word] : graphemes(word)) {
        if (column + columnsOf(piece) > COLUMNS_MAX && current !== '') breakLine()
        current += piece
        column += columnsOf(piece)
      }
    }
  }
  return [...lines, current]
}

/** What is shown as a link: visible ASCII, without blanks of any kind. */
function isAddress(word: string): boolean {
  return /^[(<'"]?https?:\/\/[!-~]+$/.test(word)
}

function* graphemes(word: string): Generator<string> {
  for (const { segment } of SEGMENTER.segment(word)) yield segment
}

/** The most columns that a text can take. Terminals disagree: characters that some of them show wide count as wide. */
export function columnsOf(text: string): number {
  let columns = 0
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0
    if (code === 9) columns += TAB_COLUMNS
    else columns += code < 0x1100 || NARROW.test(character) ? 1 : 2
  }
  return columns
}
