import { isBlank } from './characters.ts'
import { isLanguage } from './languages.ts'

/** A part of a text between blank lines or fences. */
export type TextBlock =
  | { readonly kind: 'paragraph'; readonly text: string }
  | { readonly kind: 'code'; readonly text: string; readonly language: string | undefined }

/** Opens a fence: three backticks or tildes, or more, and perhaps the first words. */
const OPENING = /^\s*(?:(?<fence>`{3,})(?<rest>[^`]*)|(?<fence>~{3,})(?<rest>[^~]*))$/

/** May close a fence: the same at the beginning of a line. Text after it does not belong to the block. */
const CLOSING = /^\s*(`{3,}|~{3,})([^`]*)$/

/** Closes a fence of backticks as well: `make⏎install```` in a chat means what it looks like. */
const CLOSING_AT_END = /^([^`]+)(`{3,})\s*$/

interface Fence {
  /** A character of the fence: a backtick or a tilde. */
  readonly sign: string
  readonly length: number
  /** What follows in the same line. */
  readonly rest: string
}

interface Closing {
  /** The number of its line. */
  readonly line: number
  /** Code before the fence in its line. */
  readonly before: string | undefined
  readonly after: string
}

/**
 * Splits a text at blank lines and takes out fenced blocks. A fence that nothing closes, or with nothing to see in it,
 * is text as typed. All white space within lines stays.
 */
export function splitBlocks(text: string): readonly TextBlock[] {
  if (!text.includes('```') && !text.includes('~~~')) return splitParagraphs(text)
  const lines = text.split('\n')
  const blocks: TextBlock[] = []
  // The length from which no fence is closed any more, so that each is looked for once.
  const unclosed = new Map<string, number>()
  let paragraphLines: string[] = []
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? ''
    const opening = parseOpening(line)
    const closing =
      opening && opening.length < (unclosed.get(opening.sign) ?? Infinity)
        ? findClosing(lines, at + 1, opening)
        : undefined
    if (opening && !closing) {
      unclosed.set(opening.sign, Math.min(opening.length, unclosed.get(opening.sign) ?? Infinity))
    }
    const code =
      opening && closing && codeBlock(opening.rest.trim(), lines.slice(at + 1, closing.line), closing)
    if (!code) {
      paragraphLines.push(line)
      continue
    }
    blocks.push(...splitParagraphs(paragraphLines.join('\n')), code)
    paragraphLines = [closing.after]
    at = closing.line
  }
  return [...blocks, ...splitParagraphs(paragraphLines.join('\n'))]
}

function parseOpening(line: string): Fence | undefined {
  const { fence, rest = '' } = OPENING.exec(line)?.groups ?? {}
  return fence === undefined ? undefined : { sign: fence.charAt(0), length: fence.length, rest }
}

function findClosing(lines: readonly string[], from: number, { sign, length }: Fence): Closing | undefined {
  for (let line = from; line < lines.length; line++) {
    const text = lines[line] ?? ''
    if (!text.includes(sign)) continue
    const [, fence = '', after = ''] = CLOSING.exec(text) ?? []
    if (fence.startsWith(sign) && fence.length >= length)
      return { line, before: undefined, after: after.trim() }
    const [, before, end = ''] = (sign === '`' && CLOSING_AT_END.exec(text)) || []
    if (before !== undefined && end.length >= length) return { line, before, after: '' }
  }
  return undefined
}

/** @param words what follows the opening fence: the name of a language, or the first line of the code */
function codeBlock(words: string, lines: readonly string[], { before }: Closing): TextBlock | undefined {
  const language = isLanguage(words) ? words : undefined
  const first = words === '' || language ? [] : [words]
  const code = [...first, ...lines, ...(before === undefined ? [] : [before])].join('\n')
  return isBlank(code) ? undefined : { kind: 'code', text: `${code}\n`, language }
}

function splitParagraphs(text: string): TextBlock[] {
  return text
    .split(/\n(?:[^\S\n]*\n)+/)
    .map((paragraph) => paragraph.replace(/^(?:[^\S\n]*\n)+/, '').trimEnd())
    .filter((paragraph) => paragraph !== '')
    .map((paragraph) => ({ kind: 'paragraph', text: paragraph }))
}
