import { defineScript } from './script.ts'
import { TIME_LUA } from './time.ts'

/** Key of the record that shows whether Redis still has everything that it acknowledged. */
export const CONTINUITY_KEY = 'continuity'

/** How often the record is renewed and the clock of Redis is measured again. */
export const CONTINUITY_INTERVAL_MS = 20_000

/** Data that was last in use this long before its server started may be a restored backup. */
const RESTORED_AFTER_MS = 60_000

/**
 * Renews the record in a Redis that syncs every write to its disk before it replies. Such a Redis loses data only when
 * a backup is restored. That has not happened if the server is still in the same run, or if the data was in use just
 * before the server started.
 *
 * KEYS: the record. ARGV: id of the server's run, its start (milliseconds since 1970), a fresh continuity id.
 * @returns the continuity id
 */
export const RECORD_CONTINUITY = defineScript(
  TIME_LUA,
  `
local run, started, fresh = unpack(ARGV)
local record = redis.call('HMGET', KEYS[1], 'run', 'history', 'seen')
local continuityId = record[2]
if not continuityId or (record[1] ~= run and started - record[3] > ${RESTORED_AFTER_MS}) then continuityId = fresh end
local result = redis.pcall('HSET', KEYS[1], 'run', run, 'history', continuityId, 'seen', time())
-- A full server can still be used for reading. But a fresh id counts only if it is stored for all processes.
if type(result) == 'table' and result.err and continuityId == fresh then return result end
return continuityId
`,
)
