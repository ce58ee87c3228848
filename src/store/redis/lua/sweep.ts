import { NUMBERING_LUA } from '../../../redis/numbering.ts'
import { defineScript } from '../../../redis/script.ts'
import { TIME_LUA } from '../../../redis/time.ts'
import { KEPT_ROOM_LUA, WRITE_LUA } from './kept-room.ts'

/**
 * Deletes some expired events of a room. Two sweeps at once do no harm.
 *
 * ARGV: how many events to delete, which may be exceeded slightly.
 * @returns `swept` and how many were deleted; `deleted` for a deleted room; `none` if there is no room
 */
export const SWEEP = defineScript(
  TIME_LUA,
  NUMBERING_LUA,
  KEPT_ROOM_LUA,
  WRITE_LUA,
  `
local room = keptRoom()
if not room then return { redis.call('EXISTS', ROOM) == 1 and 'deleted' or 'none' } end
local limit = tonumber(ARGV[5])
local expired = redis.call('ZRANGE', TIMES, '-inf', room.since, 'BYSCORE', 'LIMIT', 0, limit)
delete(expired)
return { 'swept', #expired + trim(room, limit - #expired) }
`,
)
