import { NUMBERING_LUA } from '../redis/numbering.ts'
import { defineScript } from '../redis/script.ts'
import { UNHIDE_LUA } from '../redis/slow-log.ts'
import { TIME_LUA } from '../redis/time.ts'

/**
 * Numbers a message of a vanishing room and publishes it. The text is published and stored nowhere (P3). If the message
 * has a key, its id, its time and a digest of its text are stored until the key expires.
 *
 * KEYS: the room's numbers, the key's record, the kept room of this name.
 * ARGV: channel, fresh epoch, continuity id, newest id that the caller has seen, the JSON of the message after its id
 * (hidden from the slow log), `1` if it has a key, TTL of the key (ms), TTL of the room's numbers (ms), time, digest of
 * the text.
 * @returns one of
 * - `{ 'new', epoch, seq, time }`: the time is that of the room's last message if the clock of Redis was set back
 * - `{ 'repeat', '<id> <time> <digest>' }`
 * - `{ 'kept' }` if the room is a kept one
 * - `{ 'stale' }`
 */
export const POST_MESSAGE = defineScript(
  TIME_LUA,
  NUMBERING_LUA,
  UNHIDE_LUA,
  `
local channel, fresh, continuityId, lastSeen, rest, hasKey, keyMs, roomMs, at, digest = unpack(ARGV)
if isStale(at) then return { 'stale' } end
if redis.call('HEXISTS', KEYS[3], 'owner') == 1 then return { 'kept' } end
if hasKey == '1' then
  local first = redis.call('GET', KEYS[2])
  if first then return { 'repeat', first } end
end
local epoch, seq, eventAt = nextNumber(KEYS[1], fresh, continuityId, lastSeen, tonumber(at))
redis.call('PEXPIRE', KEYS[1], roomMs)
local id = epoch .. '.' .. string.format('%d', seq)
if hasKey == '1' then redis.call('SET', KEYS[2], id .. ' ' .. string.format('%d', eventAt) .. ' ' .. digest, 'PX', keyMs) end
rest = eventAt > tonumber(at) and atTime(unpadded(rest), eventAt) or unpadded(rest)
redis.call('SPUBLISH', channel, '{"id":"' .. id .. '",' .. rest)
return { 'new', epoch, seq, eventAt }
`,
)

/**
 * Begins a new epoch in a room whose numbers went back, unless another process has done so already.
 *
 * KEYS: the room's numbers. ARGV: continuity id, newest id that the caller has seen.
 * @returns `[epoch, seq]`, the room's top id afterwards; `[]` if the room has no numbers
 */
export const RENEW_EPOCH = defineScript(
  TIME_LUA,
  NUMBERING_LUA,
  `
local n = redis.call('HMGET', KEYS[1], 'epoch', 'seq', 'history')
local epoch, seq = string.match(ARGV[2], '^(%w+)%.(%d+)$')
local fresh, ttl = laterEpoch(base36(time()), epoch), redis.call('PTTL', KEYS[1])
if n[1] and (tonumber(n[1], 36) > tonumber(epoch, 36) or (n[1] == epoch and tonumber(n[2]) >= tonumber(seq))) then
  return { n[1], tonumber(n[2]) }
end
if not n[1] then return {} end
recordEpochEnd(KEYS[1], n[1], n[2])
redis.call('HSET', KEYS[1], 'epoch', fresh, 'seq', math.max(tonumber(seq), tonumber(n[2])),
  'history', laterHistory(n[3], ARGV[1]))
if ttl > 0 then redis.call('PEXPIRE', KEYS[1], ttl) end
return { fresh, math.max(tonumber(seq), tonumber(n[2])) }
`,
)
