import { defineScript } from '../../../redis/script.ts'
import { TIME_LUA } from '../../../redis/time.ts'

/**
 * Adds a token to a room.
 *
 * KEYS: the room's `room` and `tokens`. ARGV: the caller's time, id, JSON, the most tokens that a room may have.
 * @returns `done`; `stale` if the caller's time is wrong; `no-room` if the room was deleted and its slug is still
 * reserved; `too-many-tokens`
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

/**
 * Revokes a token and publishes a signal.
 *
 * KEYS: the room's `tokens`. ARGV: id, channel, and the signal.
 * @returns 1 if there was such a token, else 0
 */
export const REVOKE_TOKEN = defineScript(`
local id, channel, signal = unpack(ARGV)
local deleted = redis.call('HDEL', KEYS[1], id)
if deleted == 1 then redis.call('SPUBLISH', channel, signal) end
return deleted
`)
