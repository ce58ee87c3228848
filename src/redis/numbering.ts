/** Earlier epochs that a room remembers; whoever holds an id of one before is told of a gap. */
export const PAST_EPOCHS_MAX = 50

/**
 * Lua that numbers the events of a room. A room's `n` is a hash of its epoch, the seq of its newest event, and the
 * history of Redis under which that was made; both kinds of room have it.
 *
 * `nextNumber(key, fresh, history, known)` makes the next id. `fresh` is the epoch that would begin now; `known` the top
 * that the caller saw last (`<epoch>.<seq>`, or empty): a room that stands before it has lost something. Where
 * something may have been lost, the room goes on in an epoch after all that it had. How far each earlier epoch went, as
 * far as is known, stays in `past`: `<epoch>.<seq> …`, the newest first.
 *
 * `recordEpochEnd(key, epoch, seq)` notes that an epoch ends. `lastSeqIn(key, epoch)` is the last seq of an earlier one.
 */
export const NUMBERING_LUA = `
local DIGITS = '0123456789abcdefghijklmnopqrstuvwxyz'

local function base36(number)
  local text = ''
  while number > 0 do
    local digit = number % 36
    text = string.sub(DIGITS, digit + 1, digit + 1) .. text
    number = (number - digit) / 36
  end
  return text
end

local function laterEpoch(fresh, epoch)
  local now, before = tonumber(fresh, 36), tonumber(epoch, 36)
  if now > before then return fresh end
  return base36(before + 1)
end

local function recordEpochEnd(key, epoch, seq)
  local past = epoch .. '.' .. seq .. ' ' .. (redis.call('HGET', key, 'past') or '')
  local _, last = string.find(past, '^' .. string.rep('%S+ ', ${PAST_EPOCHS_MAX}))
  redis.call('HSET', key, 'past', string.sub(past, 1, last or -1))
end

local function lastSeqIn(key, epoch)
  local past = ' ' .. (redis.call('HGET', key, 'past') or '')
  return tonumber((string.match(past, ' ' .. epoch .. '%.(%d+) ')))
end

local function nextNumber(key, fresh, history, known)
  local n = redis.call('HMGET', key, 'epoch', 'seq', 'history')
  local epoch, seq = n[1] or fresh, tonumber(n[2] or 0)
  local knownEpoch, knownSeq = string.match(known, '^(%w+)%.(%d+)$')
  if knownEpoch and tonumber(knownSeq) > 0 then
    local lost = knownEpoch == epoch and tonumber(knownSeq) > seq
    local ahead = tonumber(knownEpoch, 36) > tonumber(epoch, 36)
    if lost or ahead then epoch = laterEpoch(fresh, knownEpoch) end
    if lost then seq = tonumber(knownSeq) end
  end
  if n[1] and n[3] ~= history and epoch == n[1] then epoch = laterEpoch(fresh, epoch) end
  if n[1] and epoch ~= n[1] then recordEpochEnd(key, n[1], n[2]) end
  seq = seq + 1
  redis.call('HSET', key, 'epoch', epoch, 'seq', seq, 'history', history)
  return epoch, seq
end
`
