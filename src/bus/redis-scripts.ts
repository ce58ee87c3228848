import { NUMBERING_LUA } from '../redis/numbering.ts'
import { defineScript } from '../redis/script.ts'
import { UNHIDE_LUA } from '../redis/slow-log.ts'
import { TIME_LUA } from '../redis/time.ts'

/**
 * Numbers a message of a vanishing room and publishes it. Its text is in what is published and nowhere else: of the key
 * the id, the time and a digest of the text stay for a while.
 *
 * KEYS: the room's numbers, the key's record, the kept room of this name. ARGV: channel, fresh epoch, history, known
 * top, all of the message after its id (unlogged), whether it has a key (`1`), how long that is known, how long the
 * room's numbers are, time, digest of the text.
 * @returns `new`, epoch and seq; `repeat` and its id, time and digest in one word; `kept` where the room is a kept one;
 * `stale`
 */
export const POST_MESSAGE = defineScript(
  TIME_LUA,
  NUMBERING_LUA,
  UNHIDE_LUA,
  `
local channel, fresh, history, known, rest, hasKey, keyMs, roomMs, at, digest = unpack(ARGV)
if isStale(at) then return { 'stale' } end
if redis.call('HEXISTS', KEYS[3], 'owner') == 1 then return { 'kept' } end
if hasKey == '1' then
  local first = redis.call('GET', KEYS[2])
  if first then return { 'repeat', first } end
end
local epoch, seq = nextNumber(KEYS[1], fresh, history, known)
redis.call('PEXPIRE', KEYS[1], roomMs)
local id = epoch .. '.' .. string.format('%d', seq)
if hasKey == '1' then redis.call('SET', KEYS[2], id .. ' ' .. at .. ' ' .. digest, 'PX', keyMs) end
redis.call('SPUBLISH', channel, '{"id":"' .. id .. '",' .. unpadded(rest))
return { 'new', epoch, seq }
`,
)

/**
 * Lets a room that has lost something go on in a new epoch, unless that is done.
 *
 * KEYS: the room's numbers. ARGV: history, known top.
 * @returns `[epoch, seq]` where the room stands then
 */
export const RENEW_EPOCH = defineScript(
  TIME_LUA,
  NUMBERING_LUA,
  `
local n = redis.call('HMGET', KEYS[1], 'epoch', 'seq')
local epoch, seq = string.match(ARGV[2], '^(%w+)%.(%d+)$')
local fresh, ttl = laterEpoch(base36(time()), epoch), redis.call('PTTL', KEYS[1])
if n[1] and (tonumber(n[1], 36) > tonumber(epoch, 36) or (n[1] == epoch and tonumber(n[2]) >= tonumber(seq))) then
  return { n[1], tonumber(n[2]) }
end
if not n[1] then return {} end
recordEpochEnd(KEYS[1], n[1], n[2])
redis.call('HSET', KEYS[1], 'epoch', fresh, 'seq', math.max(tonumber(seq), tonumber(n[2])), 'history', ARGV[1])
if ttl > 0 then redis.call('PEXPIRE', KEYS[1], ttl) end
return { fresh, math.max(tonumber(seq), tonumber(n[2])) }
`,
)
