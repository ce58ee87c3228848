import { gapSentence } from '../../views/gap-line.tsx'
import { outageSentence } from '../../views/outage-line.tsx'
import { presenceSentence } from '../../views/presence-line.tsx'
import { ROOM_DELETED, settingsChangedSentence } from '../../views/retention.tsx'
import type { Encoder } from '../chat/delivery/frames.ts'
import type { Posted } from '../chat/event.ts'
import { replaceBadgeSigns } from '../chat/names/badge-signs.ts'
import { columnsOf, wrapLines } from './wrap-lines.ts'

/** Styles the parts of a line. What it adds to a part must end with the part. */
export interface TerminalStyle {
  name(name: string, tag: string): string
  notice(text: string): string
  verified(mark: string): string
}

// Control characters, in case they ever get here by another way than a post; and direction controls, which in a
// terminal can also turn the text that follows.
const CONTROL_CHARACTERS = /[\0-\x08\x0b-\x1f\x7f-\x9f\p{Bidi_Control}\u206a-\u206f\ufff9-\ufffb]/gu
const LINE_ENDS = /[\n\u2028\u2029]/g

const DAY_FORMAT = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeZone: 'UTC' })

/** Creates an encoder of readable lines. Times are in UTC, because the lines are the same for every reader. */
export function createTerminalEncoder(style: TerminalStyle): Encoder {
  return {
    contentType: 'text/plain; charset=utf-8',
    // The first lines depend on the request: `web/stream/terminal-opening.ts` writes them.
    opening: () => '',
    posted: (message) => messageLine(style, message),
    edited: ({ message }) => messageLine(style, message),
    deleted: () => noticeLine(style, 'A message was deleted.'),
    gap: (gap) => noticeLine(style, gapSentence(gap)),
    // Names fill this line, so that it has to be wrapped as well.
    here: (here) => namesNotice(style, presenceSentence(here)),
    typing: () => '',
    outage: (outage) => noticeLine(style, outageSentence(outage)),
    settings: (changed) => noticeLine(style, settingsChangedSentence(changed)),
    // The bell, as terminal clients of other chats ring it.
    alert: () => '\x07',
    // A carriage return at the beginning of a line is invisible, and keeps proxies from closing a quiet stream.
    heartbeat: () => '\r',
    ending: (ending, _retryMs, resumeUrl) => {
      switch (ending) {
        case 'closed':
          return noticeLine(style, ROOM_DELETED)
        case 'busy':
          return noticeLine(style, 'This room can’t be followed just now. Try again in a moment.')
        case 'rotate':
        case 'drain':
          return resumeUrl === '' ? '' : noticeLine(style, `To go on from here: curl -N '${resumeUrl}'`)
      }
    },
  }
}

/** Follows a verified name. No name can contain it, nor anything that looks like it. */
const VERIFIED_MARK = '✓'

/** `17:00 Ada: hello`, or `17:00 Ada ✓: hello` */
function messageLine(style: TerminalStyle, { at, author, text, editedAt }: Posted): string {
  const time = new Date(at).toISOString().slice(11, 16)
  const name = joinLines(replaceBadgeSigns(author.name))
  const verified = author.verified ? ` ${VERIFIED_MARK}` : ''
  const edited = editedAt === undefined ? '' : ' (edited)'
  const start = columnsOf(`${time} ${name}${verified}${edited}: `)
  const mark = verified && ` ${style.verified(VERIFIED_MARK)}`
  const head = `${style.notice(time)} ${style.name(name, author.tag)}${mark}${edited && style.notice(edited)}: `
  return `${head}${wrapLines(stripControls(text), start)}\n`
}

/** A line of Snug's own: `-- sentence --`. An empty sentence makes no line. */
export function noticeLine(style: TerminalStyle, sentence: string): string {
  return sentence === '' ? '' : `${style.notice(`-- ${joinLines(sentence)} --`)}\n`
}

/** How many characters a message takes in a terminal, but for its time and its author. */
export function textLength({ text }: Posted): number {
  return text.length
}

/** The same for a sentence with names. A name could be made to begin a line: `17:00 Ada: hi` is a name, too. */
function namesNotice(style: TerminalStyle, sentence: string): string {
  if (!/\p{Nd}{2}\p{P}|--/u.test(sentence)) return noticeLine(style, sentence)
  return `${style.notice(wrapLines(`-- ${joinLines(sentence)} --`, 0))}\n`
}

/** The lines of messages, with the date as a notice before the first message of each day. */
export function historyLines(style: TerminalStyle, messages: readonly Posted[]): string {
  let lines = ''
  let lastDay = ''
  for (const message of messages) {
    const day = DAY_FORMAT.format(message.at)
    if (day !== lastDay) lines += noticeLine(style, day)
    lastDay = day
    lines += messageLine(style, message)
  }
  return lines
}

function joinLines(text: string): string {
  return stripControls(text).replace(LINE_ENDS, ' ')
}

function stripControls(text: string): string {
  return text.replace(CONTROL_CHARACTERS, '')
}
