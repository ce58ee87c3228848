import { lazy } from '../lazy.ts'

/** Any emoji there is, with all that it is made of. Making a pattern of it takes 20 ms: so only when one has come. */
const EMOJI = '\\p{RGI_Emoji}'

/** In every emoji, and in little else. */
const EMOJI_HINT = /[\p{Extended_Pictographic}\p{Regional_Indicator}\p{Emoji_Modifier}]|\u20e3/u

const fewEmojiPattern = lazy(() => new RegExp(`^(?:${EMOJI}\\s*){1,5}$`, 'v'))
const anyEmojiPattern = lazy(() => new RegExp(EMOJI, 'gv'))

/** The text with each of its emoji replaced. */
export function replaceEmoji(text: string, replacement: string): string {
  return EMOJI_HINT.test(text) ? text.replace(anyEmojiPattern(), replacement) : text
}

/** Whether a text is nothing but emoji, five at the most. */
export function isFewEmoji(text: string): boolean {
  return EMOJI_HINT.test(text) && fewEmojiPattern().test(text)
}
