import type { Slug } from '../../chat/room.ts'
import type { RedisKeys } from '../../redis/keys.ts'

/**
 * The parts of a kept room in Redis, each under its own key, in the order that the scripts expect:
 * - `n`, a hash: the numbering
 * - `room`, a hash: the digest of its owner's link, its settings and its embedding; for a deleted room, the end of the
 *   reservation of its slug
 * - `events`, a hash: seq → JSON. A posted event contains the message in its present form; an edited event only points
 *   to it. It is no stream, because entries deleted from a stream stay in memory.
 * - `messages` and `changes`, sorted sets: the seqs of posted events, and those of edited and deleted events
 * - `times`, a sorted set: all seqs by their time, which does not always rise with seq, because a clock may be set back
 * - `edits`, a sorted set: the seqs of edited events by the seq of their message
 *
 * Besides, `once:…` remembers a client's key for a day.
 */
const PARTS = ['n', 'room', 'events', 'messages', 'changes', 'times', 'edits'] as const

/** All keys of a kept room, except the records of clients' keys. */
export function roomKeys(keys: RedisKeys, room: Slug): string[] {
  const channel = keys.channel(room)
  return PARTS.map((part) => `${channel}:${part}`)
}
