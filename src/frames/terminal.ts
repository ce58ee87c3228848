import { gapSentence } from '../../views/gap-line.tsx'
import { outageSentence } from '../../views/outage-line.tsx'
import { presenceSentence } from '../../views/presence-line.tsx'
import { CLOSED, changedSentence } from '../../views/retention.tsx'
import type { Encoder } from '../chat/delivery/frames.ts'
import type { Posted } from '../chat/event.ts'

/** How the parts of a line are told apart; what it adds ends with the part. */
export interface Ink {
  name(name: string, tag: string): string
  quiet(text: string): string
}

/** What stands under the text of a message of several lines: none of them can look like another message, or like a word of Snug's. */
const INDENT = '      '

// What steers a terminal, were it ever to come here by another way than a post; and what turns the direction of writing, which
// in a terminal can turn what comes after it too.
const STEERING = /[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g
const LINE_ENDS = /[\n\u2028\u2029]/g

const DAY = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeZone: 'UTC' })

/** Readable lines; the same for every reader, with times in UTC. */
export function terminal(ink: Ink): Encoder {
  return {
    contentType: 'text/plain; charset=utf-8',
    // What a terminal is shown at first depends on where it asked: see `web/terminal-opening.ts`.
    opening: () => '',
    posted: (message) => saidLine(ink, message),
    edited: ({ message }) => saidLine(ink, message),
    deleted: () => quietLine(ink, 'A message was deleted.'),
    gap: (gap) => quietLine(ink, gapSentence(gap)),
    here: (here) => quietLine(ink, presenceSentence(here)),
    typing: () => '',
    outage: (outage) => quietLine(ink, outageSentence(outage)),
    settings: (changed) => quietLine(ink, changedSentence(changed)),
    // A carriage return at the beginning of a line shows nowhere, and keeps proxies from closing a quiet stream.
    beat: () => '\r',
    ending: (ending, _retryMs, resumeUrl) => {
      switch (ending) {
        case 'closed':
          return quietLine(ink, CLOSED)
        case 'busy':
          return quietLine(ink, 'This room can’t be followed just now. Try again in a moment.')
        case 'rotate':
        case 'drain':
          return resumeUrl === '' ? '' : quietLine(ink, `To go on from here: curl -N '${resumeUrl}'`)
      }
    },
  }
}

/** `17:00 Ada: hello` */
function saidLine(ink: Ink, { at, author, text, editedAt }: Posted): string {
  const time = ink.quiet(new Date(at).toISOString().slice(11, 16))
  const name = ink.name(oneLine(author.name), author.tag)
  const mark = editedAt === undefined ? '' : ink.quiet(' (edited)')
  return `${time} ${name}${mark}: ${steerless(text).replace(LINE_ENDS, `\n${INDENT}`)}\n`
}

/** What Snug says itself; no line for nothing. */
export function quietLine(ink: Ink, sentence: string): string {
  return sentence === '' ? '' : `${ink.quiet(`-- ${oneLine(sentence)} --`)}\n`
}

/** Messages of whatever day, each day under its date. */
export function pastLines(ink: Ink, messages: readonly Posted[]): string {
  let lines = ''
  let last = ''
  for (const message of messages) {
    const day = DAY.format(message.at)
    if (day !== last) lines += quietLine(ink, day)
    last = day
    lines += saidLine(ink, message)
  }
  return lines
}

function oneLine(text: string): string {
  return steerless(text).replace(LINE_ENDS, ' ')
}

function steerless(text: string): string {
  return text.replace(STEERING, '')
}
