import { gapSentence } from '../../views/gap-line.tsx'
import { CLOSED, changedSentence } from '../../views/keeps.tsx'
import { outageSentence } from '../../views/outage-line.tsx'
import { presenceSentence } from '../../views/presence-line.tsx'
import type { Posted } from '../chat/event.ts'
import type { Encoder, Ending } from '../chat/frames.ts'

const said = ({ at, author, text }: Posted, mark = '') =>
  `${new Date(at).toISOString().slice(11, 16)} ${author.name}${mark}: ${text.replaceAll('\n', '\n      ')}\n`

/** Lines for a terminal. What others typed has no control characters left but TAB and LF since it was parsed. */
export const text: Encoder = {
  contentType: 'text/plain; charset=utf-8',
  opening: () => '',
  posted: (message) => said(message),
  edited: ({ message }) => said(message, ' (edited)'),
  deleted: () => '-- A message was deleted. --\n',
  gap: (gap) => `-- ${gapSentence(gap)} --\n`,
  here: (here) => {
    const sentence = presenceSentence(here)
    return sentence === '' ? '' : `-- ${sentence} --\n`
  },
  typing: () => '',
  outage: (outage) => `-- ${outageSentence(outage)} --\n`,
  settings: (changed) => `-- ${changedSentence(changed)} --\n`,
  // A carriage return at the beginning of a line shows nowhere, and keeps proxies from closing a quiet stream.
  beat: () => '\r',
  ending: (ending) => ENDINGS[ending] && `-- ${ENDINGS[ending]} --\n`,
}

const ENDINGS: Readonly<Record<Ending, string>> = {
  rotate: '',
  drain: '',
  busy: 'Too many readers just now. Try again in a moment.',
  closed: CLOSED,
}
