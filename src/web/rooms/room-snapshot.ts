import { htmlLength } from '../../../views/message-html.ts'
import type { Chat } from '../../chat/chat.ts'
import { PAGE_MESSAGES } from '../../chat/delivery/catch-up.ts'
import { issueCursor, signCursor } from '../../chat/delivery/signed-cursor.ts'
import { enterable } from '../../chat/enterable.ts'
import { formatId } from '../../chat/event.ts'
import { readHistory } from '../../chat/history/read-history.ts'
import type { Member } from '../../chat/member.ts'
import type { Slug } from '../../chat/room.ts'
import { PEOPLE_SHOWN_MAX } from '../people/people.ts'

/**
 * The content of a room's page for one member.
 * @throws Refusal `gone` for a deleted room
 */
export async function roomSnapshot(chat: Chat, room: Slug, member: Member) {
  const kept = await enterable(chat, room, member)
  const history = kept && (await readHistory(chat, room, { kind: 'newest' }, PAGE_MESSAGES, htmlLength))
  const issued = history
    ? signCursor(chat, room, member, formatId(history.top))
    : issueCursor(chat, room, member)
  // Together, so that Redis gets them in one round trip.
  chat.similarRooms.record(room)
  const [{ cursor, proof }, { name, tag }, { people, count }, similar] = await Promise.all([
    issued,
    chat.roster.seatOf(room, member),
    chat.roster.listPeople(room, PEOPLE_SHOWN_MAX),
    chat.similarRooms.find(chat, room),
  ])
  // The member is about to be here, too: the stream of the page will enter the room.
  const others = people.filter((seat) => seat.tag !== tag)
  const joining = people.length === others.length ? 1 : 0
  return {
    kept,
    history,
    name,
    me: tag,
    people: [{ name, tag }, ...others],
    count: count + joining,
    similar,
    // Nothing needs encoding: both consist of letters, digits, dots and dashes.
    streamQuery: `?after=${cursor}&proof=${proof}`,
  }
}
