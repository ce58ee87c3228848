import type { Seat } from '../src/chat/member.ts'
import type { Here } from '../src/chat/signal.ts'

/** In rooms with more than this, who comes and goes is told by the count alone. */
const QUIET_ABOVE = 50

/** So many are named; of more the number is said. */
const NAMED_MAX = 3

// U+2068 and U+2069 keep a name's direction to itself, as `<bdi>` does, in plain text too.
const isolated = (name: string) => `\u2068${name}\u2069`

/** Who came and went, as a quiet line of the log; nothing where the room is too big for it. */
export function presenceLine(here: Here): string {
  const told = tell(here)
  if (told.length === 0) return ''
  // Whoever listens wants to hear what is said, not who opens the door.
  return String(
    <p class="line came" aria-live="off">
      {told.map(({ tag, words }) => (
        <span data-by={tag}>{words}</span>
      ))}
    </p>,
  )
}

/** The same for a terminal. */
export function presenceSentence(here: Here): string {
  return tell(here)
    .map(({ words }) => words.replace(/[\u2068\u2069]/g, ''))
    .join(' · ')
}

interface Told {
  readonly tag?: string
  readonly words: string
}

function tell(here: Here): Told[] {
  if (here.count > QUIET_ABOVE) return []
  const renamed = here.renamed.map(({ before, name, tag }) => ({
    tag,
    words: `${isolated(before)} is now ${isolated(name)}`,
  }))
  return [
    ...renamed,
    ...crowd(here.joined, here.more.joined, 'joined'),
    ...crowd(here.left, here.more.left, 'left'),
  ]
}

function crowd(seats: readonly Seat[], more: number, did: string): Told[] {
  const total = seats.length + more
  const named = total > NAMED_MAX ? seats.slice(0, NAMED_MAX - 1) : seats
  const told = named.map(({ name, tag }) => ({ tag, words: `${isolated(name)} ${did}` }))
  return total === named.length ? told : [...told, { words: `${total - named.length} others ${did}` }]
}
