import { lazy } from '../lazy.ts'

// The zero-width joiner (ZWJ) and non-joiner (ZWNJ), which some languages need for spelling.

/** Arabic letters that never join the letter after them (Joining_Type R). */
const RIGHT_JOINING =
  '[\\u0622-\\u0625\\u0627\\u0629\\u062f-\\u0632\\u0648\\u0671-\\u0673\\u0675-\\u0677\\u0688-\\u0699\\u06c0\\u06c3-\\u06cb\\u06cd\\u06cf\\u06d2\\u06d3\\u06d5\\u06ee\\u06ef\\u0759-\\u075b\\u076b\\u076c\\u0771\\u0773\\u0774\\u0778\\u0779\\u0870-\\u0882\\u088e\\u08aa-\\u08ac\\u08ae\\u08b1\\u08b2\\u08b9\\u{10ec2}]'
/** Arabic letters that join no other letter (Joining_Type U). */
const NON_JOINING = '[\\u0621\\u0674\\u06e5\\u06e6\\u0883-\\u0885\\u0887\\u08ad\\u08c9\\u{10ec5}]'
const ARABIC = '[\\p{Script=Arabic}&&\\p{L}]'

/**
 * RFC 5892, appendix A.1, for the Arabic script, which Persian, Kurdish, Urdu and Uyghur use. The other joining scripts
 * (Syriac, N’Ko, Mongolian, Adlam …) are left out: they need no ZWNJ to spell names.
 */
const allowedZwnj = lazy(
  () =>
    new RegExp(
      `(?<=[${ARABIC}--${RIGHT_JOINING}--${NON_JOINING}]\\p{Mn}*)\\u200c(?=\\p{Mn}*[${ARABIC}--${NON_JOINING}])`,
      'gv',
    ),
)

/** Removes the joiners that RFC 5892 (appendix A.1 and A.2) allows in their place. */
export function removeAllowedJoiners(text: string): string {
  if (!/[\u200c\u200d]/.test(text)) return text
  return text
    .replace(allowedZwnj(), '')
    .replace(/(\p{Mn}|\p{Mc})[\u200c\u200d]/gu, (both, mark: string) => (isVirama(mark) ? mark : both))
}

/**
 * Whether a mark is a virama, which removes the vowel of a letter in an Indian script: its combining class is 9.
 * JavaScript does not expose that class, but normalising sorts marks by it: a virama goes after U+3099 (class 8) and
 * before U+05B0 (class 10).
 */
function isVirama(mark: string): boolean {
  if (mark === '\u3099' || mark === '\u05b0') return false
  return (
    `${mark}\u3099`.normalize('NFD') === `\u3099${mark}` &&
    `\u05b0${mark}`.normalize('NFD') === `${mark}\u05b0`
  )
}
