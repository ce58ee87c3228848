import { script } from '../../redis/script.ts'
import { TIME } from '../../redis/time.ts'

/**
 * Adds a token to a room. Keys: the room's `room` and `tokens`. Words: the time, id, JSON, how many a room may have.
 * @returns `done`; `no-room` where it was deleted and its name is still nobody's, `tokens` where it has so many
 */
export const ADD = script(
  TIME,
  `
local at, id, json, max = unpack(ARGV)
if untimely(at) then return { 'untimely' } end
local there = redis.call('HMGET', KEYS[1], 'owner', 'reservedUntil')
if not there[1] and there[2] and tonumber(there[2]) > time() then return { 'no-room' } end
if redis.call('HLEN', KEYS[2]) >= tonumber(max) then return { 'tokens' } end
redis.call('HSET', KEYS[2], id, json)
return { 'done' }
`,
)

/** Ends a token, and publishes that. Key: its room's `tokens`. Words: id, channel, what to publish. */
export const REVOKE = script(`
local id, channel, told = unpack(ARGV)
local there = redis.call('HDEL', KEYS[1], id)
if there == 1 then redis.call('SPUBLISH', channel, told) end
return there
`)
