import { lazy } from '../lazy.ts'

/** Any emoji, with all its parts. Compiling this pattern takes 20 ms, so it is done when the first emoji comes. */
const EMOJI = '\\p{RGI_Emoji}'

/** Matches a part of every emoji, and of little else. */
const EMOJI_HINT = /[\p{Extended_Pictographic}\p{Regional_Indicator}\p{Emoji_Modifier}]|\u20e3/u

const fewEmojiPattern = lazy(() => new RegExp(`^(?:${EMOJI}\\s*){1,5}$`, 'v'))
const anyEmojiPattern = lazy(() => new RegExp(EMOJI, 'gv'))

/** Replaces each emoji in a text. */
export function replaceEmoji(text: string, replacement: string): string {
  return EMOJI_HINT.test(text) ? text.replace(anyEmojiPattern(), replacement) : text
}

/** Whether a text consists of one to five emoji and blanks. */
export function isFewEmoji(text: string): boolean {
  return EMOJI_HINT.test(text) && fewEmojiPattern().test(text)
}
