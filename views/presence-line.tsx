import type { Seat } from '../src/chat/member.ts'
import type { PresenceUpdate } from '../src/chat/signal.ts'

/** In rooms with more than this, who comes and goes is told by the count alone. */
const PRESENCE_LINES_ROOM_MAX = 50

/** So many are named; of more the number is said. */
const NAMED_MAX = 3

// U+2068 and U+2069 keep a name's direction to itself, as `<bdi>` does, in plain text too.
const isolateDirection = (name: string) => `\u2068${name}\u2069`

/** Who came and went, as a quiet line of the log; nothing where the room is too big for it. */
export function presenceLine(here: PresenceUpdate): string {
  const told = describeChanges(here)
  if (told.length === 0) return ''
  // Whoever listens wants to hear what is said, not who opens the door.
  return String(
    <p class="notice presence-line" aria-live="off">
      {told.map(({ tag, text }) => (
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

function describeSeats(seats: readonly Seat[], more: number, did: string): PresencePhrase[] {
  const total = seats.length + more
  const named = total > NAMED_MAX ? seats.slice(0, NAMED_MAX - 1) : seats
  const told = named.map(({ name, tag }) => ({ tag, text: `${isolateDirection(name)} ${did}` }))
  return total === named.length ? told : [...told, { text: `${total - named.length} others ${did}` }]
}
