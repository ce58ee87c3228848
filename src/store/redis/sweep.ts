import { NUMBERING_LUA } from '../../redis/numbering.ts'
import { defineScript } from '../../redis/script.ts'
import { TIME_LUA } from '../../redis/time.ts'
import { KEPT_ROOM_LUA, WRITE_LUA } from './kept-room-lua.ts'

/**
 * Deletes some of what is over in a room; doing it twice does no harm. ARGV: how many events at most, or a bit more.
 * @returns `swept` and how many were deleted; `deleted` for a room that was deleted itself, `none`
 */
export const SWEEP = defineScript(
  TIME_LUA,
  NUMBERING_LUA,
  KEPT_ROOM_LUA,
  WRITE_LUA,
  `
local room = kept()
if not room then return { redis.call('EXISTS', ROOM) == 1 and 'deleted' or 'none' } end
local limit = tonumber(ARGV[5])
local old = redis.call('ZRANGE', TIMES, '-inf', room.since, 'BYSCORE', 'LIMIT', 0, limit)
delete(old)
return { 'swept', #old + trim(room, limit - #old) }
`,
)
