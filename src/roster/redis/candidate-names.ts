import type { Member } from '../../chat/member.ts'
import { friendlyName } from '../../chat/names/friendly-name.ts'
import { type Likeness, likenessesOf } from '../../chat/names/lookalikes.ts'
import type { Name } from '../../chat/names/name.ts'
import type { Slug } from '../../chat/room.ts'
import type { Tags } from '../tags.ts'

/** A name that a member could have, and all the ways in which it looks. */
export type Candidate = readonly [name: Name, looks: readonly Likeness[]]

/** Most often one of the first few is free; who finds none is in a room of thousands. */
const FIRST = 4
const MORE = 20

/**
 * Names for a member, the best first. Each round brings others.
 * @param round from 0
 * @param before what they were called here
 */
export function candidates(
  tags: Tags,
  room: Slug,
  member: Member,
  round: number,
  before?: Name,
): Candidate[] {
  const tag = tags.of(room, member)
  const from = round === 0 ? 0 : FIRST + (round - 1) * MORE
  const friendly = Array.from({ length: round === 0 ? FIRST : MORE }, (_, index) =>
    friendlyName(tag, from + index),
  )
  const wished = round === 0 ? [before, member.wishes?.get(room)] : []
  return [...wished, ...friendly].flatMap((name) => (name === undefined ? [] : [[name, likenessesOf(name)]]))
}
