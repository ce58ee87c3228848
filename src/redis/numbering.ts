/** Earlier epochs that a room remembers. A reader with an older id receives a gap. */
export const PAST_EPOCHS_MAX = 50

/**
 * Lua that numbers the events of a room. The key `n` of a room, of either kind, is a hash. It has `epoch`, `seq` and
 * `at` (the time) of the newest event, and `history`, the continuity id under which that event was numbered.
 *
 * `nextNumber(key, fresh, continuityId, lastSeen, at)` makes the next id, and returns it with the time of the event:
 * `at`, or that of the newest event if the clock of Redis was set back since. `atTime(json, at)` puts a time into the
 * JSON of an event after its id. `fresh` is the epoch to begin if one must begin now. `lastSeen` is the newest id that
 * the caller has seen (`<epoch>.<seq>`, or empty): a room whose numbers are lower has lost events. Where events may
 * have been lost, the room continues in an epoch later than all before it. If the room was numbered under a later
 * continuity id, the caller has not heard of that one yet, and nothing changes. The field `past` records the last seq
 * of each earlier epoch, as far as it is known: `<epoch>.<seq> …`, newest first.
 *
 * `historyBegan(continuityId)` is when it began, as a number, and `laterHistory` the later one of two.
 *
 * `recordEpochEnd(key, epoch, seq)` adds an epoch to `past`. `lastSeqIn(key, epoch)` is the last seq of an earlier
 * epoch, or nil.
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

local function historyBegan(continuityId)
  return tonumber(string.match(continuityId or '', '^(%w+)%.') or '0', 36)
end

local function laterHistory(stored, continuityId)
  return historyBegan(stored) > historyBegan(continuityId) and stored or continuityId
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

local function atTime(json, at)
  return (string.gsub(json, '^("kind":"%a+","at":)%d+', '%1' .. string.format('%d', at)))
end

local function nextNumber(key, fresh, continuityId, lastSeen, at)
  local n = redis.call('HMGET', key, 'epoch', 'seq', 'history', 'at')
  local epoch, seq = n[1] or fresh, tonumber(n[2] or 0)
  local seenEpoch, seenSeq = string.match(lastSeen, '^(%w+)%.(%d+)$')
  if seenEpoch and tonumber(seenSeq) > 0 then
    local lost = seenEpoch == epoch and tonumber(seenSeq) > seq
    local ahead = tonumber(seenEpoch, 36) > tonumber(epoch, 36)
    if lost or ahead then epoch = laterEpoch(fresh, seenEpoch) end
    if lost then seq = tonumber(seenSeq) end
  end
  -- Pages of the unused room have this epoch, and the clock was set back since.
  if not n[1] and seenEpoch and tonumber(seenEpoch, 36) > tonumber(epoch, 36) then epoch = laterEpoch(fresh, seenEpoch) end
  local history = laterHistory(n[3], continuityId)
  if n[1] and n[3] ~= history and epoch == n[1] then epoch = laterEpoch(fresh, epoch) end
  if n[1] and epoch ~= n[1] then recordEpochEnd(key, n[1], n[2]) end
  seq = seq + 1
  at = math.max(at, n[4] or 0)
  redis.call('HSET', key, 'epoch', epoch, 'seq', seq, 'history', history, 'at', string.format('%d', at))
  return epoch, seq, at
end
`
