/**
 * Lua at the start of every script of a kept room, after `TIME_LUA`. KEYS: the room's.
 *
 * `keptRoom()` describes the room, or is nil if there is no kept room. Messages that are as old as `since`, or whose
 * seq is below `from`, have expired, whether they were deleted already or not. `message(room, id)` is the JSON of a
 * message, or nil if it is deleted or expired.
 */
export const KEPT_ROOM_LUA = `
local NUMBERS, ROOM, EVENTS, MESSAGES, CHANGES, TIMES, EDITS = unpack(KEYS)
local NOW = time()

local function keptRoom()
  local fields = redis.call('HMGET', ROOM, 'owner', 'born', 'retention', 'keep', 'listed')
  local owner, born, retention, keep, listed = unpack(fields)
  if not owner then return nil end
  local room = { born = born, keep = tonumber(keep), since = 0, from = 0 }
  if retention ~= '' then room.since = NOW - retention end
  if room.keep then room.from = tonumber(redis.call('ZRANGE', MESSAGES, -keep, -keep)[1] or 0) end
  room.settings = { retention, keep, listed }
  return room
end

local function isRetained(room, seq, json)
  local kind, at = string.match(json, '^{"id":"[^"]+","kind":"(%a+)","at":(%d+)')
  return kind == 'posted' and tonumber(at) > room.since and tonumber(seq) >= room.from
end

local function message(room, id)
  local seq = string.match(id, '%.(%d+)$')
  local json = redis.call('HGET', EVENTS, seq)
  if not json or not isRetained(room, seq, json) then return nil end
  return string.match(json, '^{"id":"([^"]+)"') == id and json or nil
end
`

/**
 * Lua of the scripts that write. ARGV: the caller's time, the continuity id, the newest id that the caller has seen or
 * empty, and the channel.
 *
 * `nextId()` makes an id and returns it with its seq. It sets `AT` to the time of the event, which may be later than
 * the caller's; `atText()` is the same as text. `storeEvent` stores an event, and `publish` publishes JSON.
 * `olderEdits(seq, limit)` lists the seqs of some edits of a message. `delete` removes a list of seqs from all keys.
 * `trim` deletes surplus messages, `limit` at most.
 */
export const WRITE_LUA = `
local AT, HISTORY, NEWEST_SEEN, CHANNEL = tonumber(ARGV[1]), ARGV[2], ARGV[3], ARGV[4]

local function atText()
  return string.format('%d', AT)
end

local function nextId()
  local epoch, seq
  epoch, seq, AT = nextNumber(NUMBERS, base36(AT), HISTORY, NEWEST_SEEN, AT)
  local digits = string.format('%d', seq)
  return epoch .. '.' .. digits, digits
end

local function storeEvent(index, seq, json)
  redis.call('HSET', EVENTS, seq, json)
  redis.call('ZADD', index, seq, seq)
  redis.call('ZADD', TIMES, AT, seq)
end

local function withoutAuthor(json)
  return (string.gsub(json, '"by":"[^"]*",', '', 1))
end

local function publish(json)
  redis.call('SPUBLISH', CHANNEL, json)
end

local function olderEdits(seq, limit)
  return redis.call('ZRANGE', EDITS, seq, seq, 'BYSCORE', 'LIMIT', 0, limit)
end

local function delete(seqs)
  for first = 1, #seqs, 1000 do
    local chunk = { unpack(seqs, first, math.min(first + 999, #seqs)) }
    redis.call('HDEL', EVENTS, unpack(chunk))
    for _, index in ipairs({ MESSAGES, CHANGES, TIMES, EDITS }) do redis.call('ZREM', index, unpack(chunk)) end
  end
end

local function trim(room, limit)
  if not room.keep then return 0 end
  local surplus = math.min(redis.call('ZCARD', MESSAGES) - room.keep, limit)
  if surplus <= 0 then return 0 end
  local seqs = redis.call('ZRANGE', MESSAGES, 0, surplus - 1)
  local first = redis.call('ZRANGE', MESSAGES, surplus, surplus)[1]
  local changes = redis.call('ZRANGE', CHANGES, '-inf', '(' .. first, 'BYSCORE', 'LIMIT', 0, limit)
  for _, seq in ipairs(changes) do seqs[#seqs + 1] = seq end
  delete(seqs)
  return #seqs
end
`
