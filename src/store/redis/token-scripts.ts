import { defineScript } from '../../redis/script.ts'
import { TIME_LUA } from '../../redis/time.ts'

/**
 * Adds a token to a room. KEYS: the room's `room` and `tokens`. ARGV: the time, id, JSON, how many a room may have.
 * @returns `done`; `no-room` where it was deleted and its name is still nobody's, `too-many-tokens` where it has so many
 */
export const ADD_TOKEN = defineScript(
  TIME_LUA,
  `
local at, id, json, max = unpack(ARGV)
if isStale(at) then return { 'stale' } end
local existing = redis.call('HMGET', KEYS[1], 'owner', 'reservedUntil')
if not existing[1] and existing[2] and tonumber(existing[2]) > time() then return { 'no-room' } end
if redis.call('HLEN', KEYS[2]) >= tonumber(max) then return { 'too-many-tokens' } end
redis.call('HSET', KEYS[2], id, json)
return { 'done' }
`,
)

/** Ends a token, and publishes that. KEYS: its room's `tokens`. ARGV: id, channel, what to publish. */
export const REVOKE_TOKEN = defineScript(`
local id, channel, payload = unpack(ARGV)
local deleted = redis.call('HDEL', KEYS[1], id)
if deleted == 1 then redis.call('SPUBLISH', channel, payload) end
return deleted
`)
