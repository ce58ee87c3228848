import { Refusal } from '../refusal.ts'
import { replaceEmoji } from './emoji.ts'
import { removeAllowedJoiners } from './zero-width-joiners.ts'

/** Replaces each emoji while the rest is checked: an emoji may contain joiners, selectors and tags. */
const EMOJI_PLACEHOLDER = '☺'

/**
 * Refuses a name with characters that a name can’t contain.
 *
 * The rules are the FreeformClass of PRECIS (RFC 8264 §4.3) and more. One rule is weaker: the letters that form Hangul
 * syllables may stand alone, because NFKC turns the everyday ㅋㅋ and ㅇㅇ into such letters.
 * @param name in NFKC
 * @throws Refusal `invalid`
 */
export function assertNameCharacters(name: string): void {
  const rest = removeAllowedJoiners(replaceEmoji(name, EMOJI_PLACEHOLDER))
  for (const [pattern, sentence] of FORBIDDEN_PATTERNS)
    if (pattern.test(rest)) throw new Refusal('invalid', sentence)
  const decomposed = rest.normalize('NFD')
  for (const [pattern, sentence] of STACKED_MARK_PATTERNS)
    if (pattern.test(decomposed)) throw new Refusal('invalid', sentence)
  if (!/[\p{L}\p{N}\p{S}]/u.test(rest)) {
    throw new Refusal('invalid', 'A name needs at least one letter, digit, symbol or emoji.')
  }
}

type Rules = readonly (readonly [RegExp, string])[]

/** Checked in this order. The user sees the sentence of the first match. */
const FORBIDDEN_PATTERNS: Rules = [
  [/[\p{Cs}\ufffd]/u, 'A character of this name was lost on the way. Please type it again.'],
  [/\p{Cc}/u, 'A name can’t contain control characters.'],
  [/\p{Bidi_Control}/u, 'A name can’t contain characters that change the direction of writing.'],
  [/\p{Co}/u, 'A name can’t contain characters for private use: nobody knows what others would see.'],
  [/\p{Cn}/u, 'A name can’t contain characters that Unicode does not know.'],
  [/[\u200c\u200d]/u, 'This name contains an invisible joiner in a place where it joins nothing.'],
  [
    // Includes some that look blank: braille, object replacement, Khitan, Egyptian, and a musical note without a head.
    /[\p{Default_Ignorable_Code_Point}\u2800\ufffc\u{16fe4}\u{13441}\u{13442}\u{1d159}]/u,
    'A name can’t contain invisible characters.',
  ],
  [/\p{Cf}/u, 'A name can’t contain characters that only format others.'],
  [
    // RFC 5892 §2.6.
    /[\u0640\u07fa\u302e\u302f\u3031-\u3035\u303b]/u,
    'A name can’t contain characters that only stretch or repeat others.',
  ],
  // RFC 5892, appendix A.3 to A.9.
  [/(?<!l)\u00b7|\u00b7(?!l)/iu, 'In a name, the dot · can only stand between two l.'],
  [/\u0375(?!\p{Script=Greek})/u, 'In a name, the sign ͵ can only stand before a Greek letter.'],
  [
    /(?<!\p{Script=Hebrew})[\u05f3\u05f4]/u,
    'In a name, the signs ׳ and ״ can only stand after a Hebrew letter.',
  ],
  [
    /^[^\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]*\u30fb[^\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]*$/u,
    'In a name, the dot ・ can only stand with Japanese or Chinese characters.',
  ],
  [
    /[\u0660-\u0669].*[\u06f0-\u06f9]|[\u06f0-\u06f9].*[\u0660-\u0669]/u,
    'A name can’t mix Arabic and Persian digits: some of them look the same.',
  ],
  [/(?:^| )\p{M}/u, 'An accent or other mark needs a letter to stand on.'],
]

/** Checked in the decomposed name. UTS #39 §5.4: no script needs five nonspacing marks on a letter, or one twice. */
const STACKED_MARK_PATTERNS: Rules = [
  [/[\p{Mn}\p{Me}]{5}/u, 'Too many marks are stacked on one letter of this name; it can have four.'],
  [/([\p{Mn}\p{Me}])\1/u, 'The same mark appears twice on one letter of this name.'],
]
