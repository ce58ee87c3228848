import fc from 'fast-check'
import { anyText } from './any-text.ts'

/** Pieces of names, and characters that an attacker would put into one. */
const PIECES = [
  ...['Ada', 'ADA', 'O’Neil', 'Straße', 'İpek', 'Νίκος', 'Иван', 'Аda', 'Ａｄａ', 'admin', 'The ', 'Bot'],
  ...['علی', 'رضا', 'دא', 'نیک\u200cنام', 'क्', 'ष', 'श्री', 'ශ්\u200dරී', '李', 'ㅋㅋ', 'ﷺ', 'ﬁ', '½', 'Ⓜ️', '¨'],
  ...['👨‍👩‍👧‍👦', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', '1️⃣', '🇩🇪', '❤️', '👨🏽‍💻', '☺'],
  ...[' ', '  ', '\t', '\n', '\u00a0', '\u3000', '\u2028', '.', '-', '_', "'", '|', '@', '(', '·', '・'],
  ...[
    '\u200b',
    '\u200c',
    '\u200d',
    '\u200f',
    '\u202e',
    '\u2066',
    '\ufe0f',
    '\ufeff',
    '\u00ad',
    '\u3164',
    '\u2800',
  ],
  ...['\u0301', '\u0307', '\u0345', '\u094d', '\u3099', '\u20dd', '\u0640', '1', '0', 'I', 'l', '٣', '۳'],
  ...['\0', '\u001b', '\ue000', '\ufdd0', '\u0378', '\ud83d', '\udc00', '\ufffd'],
]

/** Any string; most are similar to valid names. */
export const anyName: fc.Arbitrary<string> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: 'grapheme', maxLength: 2 })), {
        maxLength: 8,
      })
      .map((pieces) => pieces.join('')),
  },
  { weight: 1, arbitrary: anyText },
)
