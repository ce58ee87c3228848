import type { Member } from '../../chat/member.ts'
import { generateFriendlyName } from '../../chat/names/friendly-name.ts'
import type { Lookalike } from '../../chat/names/lookalikes.ts'
import type { Name } from '../../chat/names/name.ts'
import type { Slug } from '../../chat/room.ts'
import type { LookalikeCache } from '../lookalike-cache.ts'
import type { Tags } from '../tags.ts'

/** A name that a member could take, and its lookalikes. */
export type CandidateName = readonly [name: Name, lookalikes: readonly Lookalike[]]

/** One of the first few names is almost always free. If none is, the room has thousands of members. */
const FIRST_ROUND_NAMES = 4
const LATER_ROUND_NAMES = 20

/**
 * Proposes names for a member, best first. Each round proposes other names.
 * @param round counts from 0
 * @param previousName what the member was called in this room
 */
export function proposeNames(
  tags: Tags,
  lookalikes: LookalikeCache,
  room: Slug,
  member: Member,
  round: number,
  previousName?: Name,
): CandidateName[] {
  const tag = tags.of(room, member)
  const from = round === 0 ? 0 : FIRST_ROUND_NAMES + (round - 1) * LATER_ROUND_NAMES
  const friendly = Array.from({ length: round === 0 ? FIRST_ROUND_NAMES : LATER_ROUND_NAMES }, (_, index) =>
    generateFriendlyName(tag, from + index),
  )
  const preferred = round === 0 ? [previousName, member.preferredNames?.get(room)] : []
  return [...preferred, ...friendly].flatMap((name) =>
    name === undefined ? [] : [[name, lookalikes.of(name)]],
  )
}
