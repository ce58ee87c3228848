import { replaceEmoji } from './emoji.ts'
import { withoutMeantJoiners } from './joiners.ts'
import { Refusal } from './refusal.ts'

/** Stands for an emoji while the rest is looked at: an emoji may have joiners, selectors and tags. */
const SOME_EMOJI = '☺'

/**
 * Refuses what can’t stand in a name.
 *
 * This is the FreeformClass of PRECIS (RFC 8264 §4.3) and more. In one thing it is less: the letters that make up
 * Hangul syllables may stand alone, since NFKC makes such letters of the everyday ㅋㅋ and ㅇㅇ.
 * @param name NFKC
 * @throws Refusal `invalid`
 */
export function refuseCharacters(name: string): void {
  const rest = withoutMeantJoiners(replaceEmoji(name, SOME_EMOJI))
  for (const [unfit, sentence] of UNFIT) if (unfit.test(rest)) throw new Refusal('invalid', sentence)
  const decomposed = rest.normalize('NFD')
  for (const [unfit, sentence] of STACKED) if (unfit.test(decomposed)) throw new Refusal('invalid', sentence)
  if (!/[\p{L}\p{N}\p{S}]/u.test(rest)) {
    throw new Refusal('invalid', 'A name needs at least one letter, digit, symbol or emoji.')
  }
}

type Rules = readonly (readonly [RegExp, string])[]

/** In the order in which people are told. */
const UNFIT: Rules = [
  [/[\p{Cs}\ufffd]/u, 'A character of this name was lost on its way. Please type it again.'],
  [/\p{Cc}/u, 'Control characters can’t stand in a name.'],
  [/\p{Bidi_Control}/u, 'Characters that turn the direction of writing can’t stand in a name.'],
  [/\p{Co}/u, 'Characters for private use can’t stand in a name: nobody knows what others would see.'],
  [/\p{Cn}/u, 'Characters that Unicode does not know can’t stand in a name.'],
  [/[\u200c\u200d]/u, 'There is an invisible joiner in this name, at a place where it joins nothing.'],
  [
    // With some that only look like blanks: braille, object replacement, Khitan, Egyptian, and a note without a head.
    /[\p{Default_Ignorable_Code_Point}\u2800\ufffc\u{16fe4}\u{13441}\u{13442}\u{1d159}]/u,
    'Characters that nobody sees can’t stand in a name.',
  ],
  [/\p{Cf}/u, 'Characters that only format others can’t stand in a name.'],
  [
    // RFC 5892 §2.6.
    /[\u0640\u07fa\u302e\u302f\u3031-\u3035\u303b]/u,
    'Characters that only stretch or repeat others can’t stand in a name.',
  ],
  // RFC 5892, appendix A.3 to A.9.
  [/(?<!l)\u00b7|\u00b7(?!l)/iu, 'The dot · can stand in a name only between two l.'],
  [/\u0375(?!\p{Script=Greek})/u, 'The sign ͵ can stand in a name only before a Greek letter.'],
  [
    /(?<!\p{Script=Hebrew})[\u05f3\u05f4]/u,
    'The signs ׳ and ״ can stand in a name only after a Hebrew letter.',
  ],
  [
    /^[^\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]*\u30fb[^\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]*$/u,
    'The dot ・ can stand in a name only with Japanese or Chinese characters.',
  ],
  [
    /[\u0660-\u0669].*[\u06f0-\u06f9]|[\u06f0-\u06f9].*[\u0660-\u0669]/u,
    'Arabic and Persian digits can’t stand in one name: some of them look the same.',
  ],
  [/(?:^| )\p{M}/u, 'An accent, or any other mark, needs a letter to stand on.'],
]

/** For the decomposed name. UTS #39 §5.4: no script needs more than four nonspacing marks on a letter, or one twice. */
const STACKED: Rules = [
  [/[\p{Mn}\p{Me}]{5}/u, 'Too many marks are stacked on one letter of this name; four can stand there.'],
  [/([\p{Mn}\p{Me}])\1/u, 'One mark stands twice on the same letter of this name.'],
]
