import type { Slug } from '../../chat/room.ts'
import type { RedisKeys } from '../../redis/keys.ts'

/**
 * What a kept room has in Redis, in the order in which its scripts take it:
 * - `n`, a hash: its numbering
 * - `room`, a hash: its owner's proof, its settings, and what holds of other sites' pages; of a deleted one, until when its name is nobody's
 * - `events`, a hash: seq → JSON. A message stands in its posted event, as it is now; an edited event only points to it.
 *   Not a stream: what is deleted from one stays in memory.
 * - `messages` and `changes`, sorted sets: seqs of what was posted, and of what was edited and deleted
 * - `times`, a sorted set: all seqs by their time; a clock may have been set back, so that it need not rise with them
 * - `edits`, a sorted set: seqs of edited events by that of their message
 *
 * Beside these, `once:…` remembers a client's key for a day.
 */
const PARTS = ['n', 'room', 'events', 'messages', 'changes', 'times', 'edits'] as const

/** All keys of a kept room but those of its clients' keys. */
export function roomKeys(keys: RedisKeys, room: Slug): string[] {
  const channel = keys.channel(room)
  return PARTS.map((part) => `${channel}:${part}`)
}
