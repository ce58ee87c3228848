import { gapSentence } from '../../views/gap-line.tsx'
import { outageSentence } from '../../views/outage-line.tsx'
import { presenceSentence } from '../../views/presence-line.tsx'
import { ROOM_DELETED, settingsChangedSentence } from '../../views/retention.tsx'
import type { Encoder } from '../chat/delivery/frames.ts'
import type { Posted } from '../chat/event.ts'

/** How the parts of a line are told apart; what it adds ends with the part. */
export interface TerminalStyle {
  name(name: string, tag: string): string
  notice(text: string): string
}

/** What stands under the text of a message of several lines: none of them can look like another message, or like a word of Snug's. */
const INDENT = '      '

// What steers a terminal, were it ever to come here by another way than a post; and what turns the direction of writing, which
// in a terminal can turn what comes after it too.
const CONTROL_CHARACTERS = /[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g
const LINE_ENDS = /[\n\u2028\u2029]/g

const DAY_FORMAT = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeZone: 'UTC' })

/** Readable lines; the same for every reader, with times in UTC. */
export function createTerminalEncoder(ink: TerminalStyle): Encoder {
  return {
    contentType: 'text/plain; charset=utf-8',
    // What a terminal is shown at first depends on where it asked: see `web/terminal-opening.ts`.
    opening: () => '',
    posted: (message) => messageLine(ink, message),
    edited: ({ message }) => messageLine(ink, message),
    deleted: () => noticeLine(ink, 'A message was deleted.'),
    gap: (gap) => noticeLine(ink, gapSentence(gap)),
    here: (here) => noticeLine(ink, presenceSentence(here)),
    typing: () => '',
    outage: (outage) => noticeLine(ink, outageSentence(outage)),
    settings: (changed) => noticeLine(ink, settingsChangedSentence(changed)),
    // A carriage return at the beginning of a line shows nowhere, and keeps proxies from closing a quiet stream.
    heartbeat: () => '\r',
    ending: (ending, _retryMs, resumeUrl) => {
      switch (ending) {
        case 'closed':
          return noticeLine(ink, ROOM_DELETED)
        case 'busy':
          return noticeLine(ink, 'This room can’t be followed just now. Try again in a moment.')
        case 'rotate':
        case 'drain':
          return resumeUrl === '' ? '' : noticeLine(ink, `To go on from here: curl -N '${resumeUrl}'`)
      }
    },
  }
}

/** `17:00 Ada: hello` */
function messageLine(ink: TerminalStyle, { at, author, text, editedAt }: Posted): string {
  const time = ink.notice(new Date(at).toISOString().slice(11, 16))
  const name = ink.name(joinLines(author.name), author.tag)
  const mark = editedAt === undefined ? '' : ink.notice(' (edited)')
  return `${time} ${name}${mark}: ${stripControls(text).replace(LINE_ENDS, `\n${INDENT}`)}\n`
}

/** What Snug says itself; no line for nothing. */
export function noticeLine(ink: TerminalStyle, sentence: string): string {
  return sentence === '' ? '' : `${ink.notice(`-- ${joinLines(sentence)} --`)}\n`
}

/** Messages of whatever day, each day under its date. */
export function historyLines(ink: TerminalStyle, messages: readonly Posted[]): string {
  let lines = ''
  let last = ''
  for (const message of messages) {
    const day = DAY_FORMAT.format(message.at)
    if (day !== last) lines += noticeLine(ink, day)
    last = day
    lines += messageLine(ink, message)
  }
  return lines
}

function joinLines(text: string): string {
  return stripControls(text).replace(LINE_ENDS, ' ')
}

function stripControls(text: string): string {
  return text.replace(CONTROL_CHARACTERS, '')
}
