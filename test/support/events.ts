import { address } from '../../src/chat/address.ts'
import { type Author, type EventId, epochAt, formatId, type Posted } from '../../src/chat/event.ts'
import type { Caller } from '../../src/chat/limits/rate-limit.ts'
import { type Member, memberId } from '../../src/chat/member.ts'
import { type Name, parseName } from '../../src/chat/names/name.ts'
import { parseSlug } from '../../src/chat/room.ts'

export const LOBBY = parseSlug('lobby')
export const ADA = member('ada')
export const BOB = member('bob')
export const AUTHOR: Author = { name: parseName('Quiet Otter'), tag: 'abc123', verified: false }

/** A name that no member could take, to test that it does no harm. */
export function uncheckedName(text: string): Name {
  return text as Name
}

/** The caller of a request by this member. */
export function testCaller(member: Member, ip = '192.0.2.1'): Caller {
  return { member, address: address(ip) }
}

/** @param tagVersion how often the member left a room */
export function member(id: string, tagVersion = 0): Member {
  return { id: memberId(id), tagVersion }
}

/** An hour before a TestClock begins. */
export const EPOCH = epochAt(Date.UTC(2026, 10, 22, 16))

export function eventId(seq: number, epoch = EPOCH): EventId {
  return { epoch, seq }
}

/** The id as `<epoch>.<seq>`. */
export function idText(seq: number, epoch = EPOCH): string {
  return formatId(eventId(seq, epoch))
}

export function posted(seq: number, text = `message ${seq}`, epoch = EPOCH): Posted {
  return {
    kind: 'posted',
    id: eventId(seq, epoch),
    room: LOBBY,
    at: Date.UTC(2026, 10, 22, 17),
    author: AUTHOR,
    text,
  }
}
