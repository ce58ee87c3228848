import type { Member } from '../../chat/member.ts'
import { generateFriendlyName } from '../../chat/names/friendly-name.ts'
import { type Lookalike, lookalikesOf } from '../../chat/names/lookalikes.ts'
import type { Name } from '../../chat/names/name.ts'
import type { Slug } from '../../chat/room.ts'
import type { Tags } from '../tags.ts'

/** A name that a member could have, and all the ways in which it looks. */
export type CandidateName = readonly [name: Name, looks: readonly Lookalike[]]

/** Most often one of the first few is free; who finds none is in a room of thousands. */
const FIRST_ROUND_NAMES = 4
const LATER_ROUND_NAMES = 20

/**
 * Names for a member, the best first. Each round brings others.
 * @param round from 0
 * @param before what they were called here
 */
export function proposeNames(
  tags: Tags,
  room: Slug,
  member: Member,
  round: number,
  before?: Name,
): CandidateName[] {
  const tag = tags.of(room, member)
  const from = round === 0 ? 0 : FIRST_ROUND_NAMES + (round - 1) * LATER_ROUND_NAMES
  const friendly = Array.from({ length: round === 0 ? FIRST_ROUND_NAMES : LATER_ROUND_NAMES }, (_, index) =>
    generateFriendlyName(tag, from + index),
  )
  const wished = round === 0 ? [before, member.preferredNames?.get(room)] : []
  return [...wished, ...friendly].flatMap((name) => (name === undefined ? [] : [[name, lookalikesOf(name)]]))
}
