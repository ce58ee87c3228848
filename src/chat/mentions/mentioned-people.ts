import type { Posted, RoomEvent } from '../event.ts'
import { parseMarkup } from '../markup/markup.ts'
import type { Member, Seat } from '../member.ts'
import type { Roster } from '../ports/roster.ts'
import { Refusal } from '../refusal.ts'
import type { Slug } from '../room.ts'
import { findMentions, indexNames, NO_TEXT } from './find-mentions.ts'

/** Names are looked for among so many members, those who came first. Redis searches no more of them either. */
const PEOPLE_MAX = 2_000

const MENTION_SIGN = /[@＠﹫]/

/** Finds who is mentioned in messages among the members here, by the rule of `find-mentions.ts`, as pages do. */
export class MentionedPeople {
  readonly #roster: Pick<Roster, 'listPeople' | 'seatOf'>

  constructor(roster: Pick<Roster, 'listPeople' | 'seatOf'>) {
    this.#roster = roster
  }

  /**
   * While the roster can't say who is here, nobody is mentioned: the messages are stored, and must not be refused.
   * @param reader the name of this member counts as well, even if the member is not here
   */
  async in(room: Slug, messages: readonly Posted[], reader?: Member): Promise<readonly (readonly Seat[])[]> {
    if (!messages.some(mayMention)) return messages.map(() => [])
    const seats = await this.#seatsByName(room, reader).catch(noSeats)
    const names = indexNames(seats.keys())
    return messages.map((message) =>
      mayMention(message) ? seatsOf(findMentions(mentioningTextOf(message), names), seats) : [],
    )
  }

  async #seatsByName(room: Slug, reader: Member | undefined): Promise<ReadonlyMap<string, Seat>> {
    const [{ people }, own] = await Promise.all([
      this.#roster.listPeople(room, PEOPLE_MAX),
      reader && this.#roster.seatOf(room, reader),
    ])
    return new Map((own ? [own, ...people] : people).map((seat): [string, Seat] => [seat.name, seat]))
  }

  /** The same for events of one room. Those that mention nobody are not in the result. */
  async inEvents(room: Slug, events: readonly RoomEvent[]): Promise<Mentioned> {
    const found = events.flatMap((event): [RoomEvent, Posted][] => {
      const message = messageOf(event)
      return message ? [[event, message]] : []
    })
    const mentioned = await this.in(
      room,
      found.map(([, message]) => message),
    )
    return new Map(
      found.flatMap(([event], at): [RoomEvent, readonly Seat[]][] => {
        const seats = mentioned[at] ?? []
        return seats.length > 0 ? [[event, seats]] : []
      }),
    )
  }
}

/** The people that events mention. */
export type Mentioned = ReadonlyMap<RoomEvent, readonly Seat[]>

/** Whether the event can mention anybody, so that it is worth asking. */
export function mayMention(event: RoomEvent): boolean {
  const message = messageOf(event)
  return message !== undefined && MENTION_SIGN.test(message.text)
}

function messageOf(event: RoomEvent): Posted | undefined {
  switch (event.kind) {
    case 'posted':
      return event
    case 'edited':
      return event.message
    case 'deleted':
      return undefined
  }
}

// Kept with the message and gone with it, so that no text outlives its message (P3).
const textOf = new WeakMap<Posted, string>()

function mentioningTextOf(message: Posted): string {
  let text = textOf.get(message)
  if (text === undefined) {
    text = mentioningText(message.text)
    textOf.set(message, text)
  }
  return text
}

function noSeats(error: unknown): ReadonlyMap<string, Seat> {
  if (error instanceof Refusal) return new Map()
  throw error
}

function seatsOf(names: Iterable<string>, seats: ReadonlyMap<string, Seat>): readonly Seat[] {
  return [...names].flatMap((name) => seats.get(name) ?? [])
}

/** The text that can mention somebody: what pages show, without code and links. */
function mentioningText(text: string): string {
  return parseMarkup(text)
    .map((block) => {
      if (block.kind === 'code') return NO_TEXT
      return block.inlines
        .map((inline) => {
          if (inline.kind === 'text') return inline.text
          return inline.kind === 'open' || inline.kind === 'close' ? '' : NO_TEXT
        })
        .join('')
    })
    .join('\n')
}
