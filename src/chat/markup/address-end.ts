import { removeAllowedJoiners } from '../names/zero-width-joiners.ts'
import { kindAt } from './characters.ts'

/** Quotes end an address, and so does the punctuation of scripts that put no space after it. */
const STOPS = new Set([...'\\`<>"“”„‟«»‹›。，、；：！？（）「」『』【】《》〈〉〔〕…'])

/** Punctuation that ends a sentence or an emphasis rather than an address. */
const TRAILING = new Set([...".,;:!?'’*|–—"])

const BRACKETS: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' }

/** What makes one emoji of several signs. */
const EMOJI_JOINER =
  /(?<=\p{Extended_Pictographic}|\p{Emoji_Modifier}|\ufe0f)\u200d(?=\p{Extended_Pictographic})|(?<=\p{Extended_Pictographic})\ufe0f/uy

/**
 * Finds the end of an address in a text, before the punctuation of the sentence around it and before brackets that it
 * does not open. It contains nothing that can’t be seen: that could hide where a link leads, and turn it (P21).
 * @param pathStart where the path, query or fragment begins
 */
export function addressEnd(text: string, from: number, pathStart: number): number {
  let end = pathStart
  const open = new Map([...'([{'].map((bracket) => [bracket, 0]))
  while (end < text.length && isInAddress(text, end)) {
    const sign = text.charAt(end)
    const opening = BRACKETS[sign]
    if (open.has(sign)) open.set(sign, (open.get(sign) ?? 0) + 1)
    else if (opening !== undefined) open.set(opening, (open.get(opening) ?? 0) - 1)
    end += text.charCodeAt(end) >> 10 === 0x36 ? 2 : 1
  }
  const isUnderscored = text.charAt(from - 1) === '_'
  for (; end > pathStart; end--) {
    const last = text.charAt(end - 1)
    const opening = BRACKETS[last] ?? ''
    const surplus = open.get(opening) ?? 0
    if (surplus < 0) open.set(opening, surplus + 1)
    else if (!TRAILING.has(last) && !(isUnderscored && last === '_')) break
  }
  return end
}

function isInAddress(text: string, at: number): boolean {
  return kindAt(text, at) === 'blank' ? isVisibleJoiner(text, at) : !STOPS.has(text.charAt(at))
}

/** Whether the character changes the shape of those beside it, and can so be seen. */
function isVisibleJoiner(text: string, at: number): boolean {
  EMOJI_JOINER.lastIndex = at
  return (
    !removeAllowedJoiners(text.slice(Math.max(0, at - 2), at + 3)).includes(text.charAt(at)) ||
    EMOJI_JOINER.test(text)
  )
}
