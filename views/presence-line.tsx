import type { Seat } from '../src/chat/member.ts'
import type { PresenceUpdate } from '../src/chat/signal.ts'

/** In rooms with more people than this, only the count shows who comes and goes. */
const PRESENCE_LINES_ROOM_MAX = 50

/** How many people a line names. Of more, it gives the number. */
const NAMED_MAX = 3

// U+2068 and U+2069 isolate the direction of a name, as `<bdi>` does, in plain text too.
const isolateDirection = (name: string) => `\u2068${name}\u2069`

/** A line in the log about who came and went; empty if the room is too big for it. */
export function presenceLine(here: PresenceUpdate): string {
  const phrases = describeChanges(here)
  if (phrases.length === 0) return ''
  // Screen readers announce messages, not who comes and goes.
  return String(
    <p class="notice presence-line" aria-live="off">
      {phrases.map(({ tag, text }) => (
        <span data-by={tag}>{text}</span>
      ))}
    </p>,
  )
}

/** The same for a terminal. */
export function presenceSentence(here: PresenceUpdate): string {
  return describeChanges(here)
    .map(({ text }) => text.replace(/[\u2068\u2069]/g, ''))
    .join(' · ')
}

interface PresencePhrase {
  readonly tag?: string
  readonly text: string
}

function describeChanges(here: PresenceUpdate): PresencePhrase[] {
  if (here.count > PRESENCE_LINES_ROOM_MAX) return []
  const renamed = here.renamed.map(({ before, name, tag }) => ({
    tag,
    text: `${isolateDirection(before)} is now ${isolateDirection(name)}`,
  }))
  return [
    ...renamed,
    ...describeSeats(here.joined, here.more.joined, 'joined'),
    ...describeSeats(here.left, here.more.left, 'left'),
  ]
}

function describeSeats(seats: readonly Seat[], more: number, verb: string): PresencePhrase[] {
  const total = seats.length + more
  const named = total > NAMED_MAX ? seats.slice(0, NAMED_MAX - 1) : seats
  const phrases = named.map(({ name, tag }) => ({ tag, text: `${isolateDirection(name)} ${verb}` }))
  return total === named.length ? phrases : [...phrases, { text: `${total - named.length} others ${verb}` }]
}
