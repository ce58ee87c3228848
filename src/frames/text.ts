import { gapSentence } from '../../views/gap-line.tsx'
import { presenceSentence } from '../../views/presence-line.tsx'
import type { Encoder } from '../chat/frames.ts'

/** Lines for a terminal. What others typed has no control characters left but TAB and LF since it was parsed. */
export const text: Encoder = {
  contentType: 'text/plain; charset=utf-8',
  opening: () => '',
  event: ({ at, author, text }) =>
    `${new Date(at).toISOString().slice(11, 16)} ${author.name}: ${text.replaceAll('\n', '\n      ')}\n`,
  gap: (gap) => `-- ${gapSentence(gap)} --\n`,
  here: (here) => {
    const sentence = presenceSentence(here)
    return sentence === '' ? '' : `-- ${sentence} --\n`
  },
  typing: () => '',
  // A carriage return at the beginning of a line shows nowhere, and keeps proxies from closing a quiet stream.
  beat: () => '\r',
  ending: (ending) => (ending === 'busy' ? '-- Too many readers just now. Try again in a moment. --\n' : ''),
}
