import { raw } from 'hono/html'
import type { Settings } from '../src/chat/kept-room.ts'
import { lazy } from '../src/chat/lazy.ts'
import type { Seat } from '../src/chat/member.ts'
import { NameForm, type NameProps } from './name-form.tsx'
import { retentionSentence } from './retention.tsx'
import { roomPath } from './room-path.ts'
import { template } from './template.ts'

export interface PeopleProps {
  /** The first of the people here. */
  readonly people: readonly Seat[]
  /** How many people are here. */
  readonly count: number
  /** The reader's own tag. */
  readonly me: string
}

interface PeoplePanelProps extends Pick<NameProps, 'room' | 'name'> {
  /** How many people are here. */
  readonly count: string
  /** The first of the people here, as list items. */
  readonly people: string
  /** The settings of a kept room; undefined for a vanishing one. */
  readonly kept: Settings | undefined
  readonly owner: boolean
}

/** The people panel: who is here, and the reader's own name. */
export function People({ room, name, kept, owner, count, people }: PeoplePanelProps) {
  return (
    <details class="people">
      <summary>
        <span class="presence">
          <span id="here-count">{count}</span> here ·{' '}
        </span>
        <span class="own-name-label">you are </span>
        <bdi class="own-name">{name}</bdi>
        <noscript>about this room</noscript>
      </summary>
      <div class="panel">
        <NameForm room={room} name={name} />
        <section class="presence" aria-labelledby="people-heading">
          <h2 id="people-heading">Here now</h2>
          <ul id="people" hx-get={`${roomPath(room)}/people`} hx-trigger="refresh" hx-swap="innerMorph">
            {people}
          </ul>
        </section>
        <p class="hint" data-notify hidden>
          <button type="button" class="secondary">
            Tell me when I am mentioned
          </button>
        </p>
        <label class="check" data-mute hidden>
          <input type="checkbox" /> Mute this room: no counts, no notifications
        </label>
        <p class="hint">
          <span id="retention-note">{retentionSentence(kept)}</span>
          {owner && (
            <>
              {' '}
              You own this room: <a href={`${roomPath(room)}/settings`}>its settings</a>.
            </>
          )}
        </p>
        <noscript>
          <p class="hint">
            Who is here and your name are shown below, where you write.{' '}
            <a href={`${roomPath(room)}/log`}>This room as a page that you refresh yourself</a>
          </p>
        </noscript>
        <p class="hint">
          <a href="/me">What Snug knows about this browser</a>
        </p>
      </div>
    </details>
  )
}

export function PeopleItems(props: PeopleProps) {
  return raw(peopleItems(props))
}

export function peopleItems({ people, count, me }: PeopleProps): string {
  const items = people.map(({ name, tag }) => (tag === me ? ownItem() : otherItem()).fill({ name, tag }))
  if (count > people.length) items.push(String(<li class="hint">and {count - people.length} more</li>))
  return items.join('')
}

const PERSON_SLOTS = ['name', 'tag'] as const

const ownItem = lazy(() => template(PERSON_SLOTS, (marks) => String(<Item {...marks} me />)))
const otherItem = lazy(() => template(PERSON_SLOTS, (marks) => String(<Item {...marks} me={false} />)))

function Item({ name, tag, me }: { name: string; tag: string; me: boolean }) {
  return (
    <li data-by={tag}>
      <bdi>{name}</bdi> <code>{tag}</code>
      {me && ' (you)'}
    </li>
  )
}
