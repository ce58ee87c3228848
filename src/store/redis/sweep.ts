import { NUMBERING } from '../../redis/numbering.ts'
import { script } from '../../redis/script.ts'
import { TIME } from '../../redis/time.ts'
import { KEPT, WRITING } from './kept.ts'

/**
 * Deletes some of what is over in a room; doing it twice does no harm. Word: how many events at most, or a bit more.
 * @returns `swept` and how many were deleted; `removed` for a room that was deleted itself, `none`
 */
export const SWEEP = script(
  TIME,
  NUMBERING,
  KEPT,
  WRITING,
  `
local room = kept()
if not room then return { redis.call('EXISTS', ROOM) == 1 and 'removed' or 'none' } end
local limit = tonumber(ARGV[5])
local old = redis.call('ZRANGE', TIMES, '-inf', room.since, 'BYSCORE', 'LIMIT', 0, limit)
delete(old)
return { 'swept', #old + trim(room, limit - #old) }
`,
)
