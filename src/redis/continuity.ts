import { defineScript } from './script.ts'
import { TIME_LUA } from './time.ts'

/** What of Redis tells whether it still has all that it answered as done. */
export const CONTINUITY_KEY = 'continuity'

/** How often it is noted that this data is in use, and the time is taken anew. */
export const CONTINUITY_INTERVAL_MS = 20_000

/** Data that was last in use so long before its server started may be a copy that was put back. */
const RESTORED_AFTER_MS = 60_000

/**
 * Lua for a Redis that writes all to its disk before it answers: its data goes on where it stood, unless it was put back
 * from a copy. A server that runs on shows that it was not, and so does data that was in use just before the start.
 *
 * KEYS: the note. ARGV: id of the server's run, its start in milliseconds since 1970, a fresh name.
 * @returns the name of the history
 */
export const RECORD_CONTINUITY = defineScript(
  TIME_LUA,
  `
local run, started, fresh = unpack(ARGV)
local note = redis.call('HMGET', KEYS[1], 'run', 'history', 'seen')
local history = note[2]
if not history or (note[1] ~= run and started - note[3] > ${RESTORED_AFTER_MS}) then history = fresh end
local noted = redis.pcall('HSET', KEYS[1], 'run', run, 'history', history, 'seen', time())
-- A full server can be read; but what all go by must be known to all.
if type(noted) == 'table' and noted.err and history == fresh then return noted end
return history
`,
)
