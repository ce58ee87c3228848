import { writeScript } from './write-script.ts'

/** Surplus messages that one post deletes at most. There is only one, unless the room's `keep` was lowered. */
const TRIM_MAX = 100

/**
 * Numbers, stores and publishes a message. One script does all of it, so that the order on the channel is the order of
 * the ids (P2, P4).
 *
 * KEYS: the room's; the record of the client's key, if the post has one. ARGV: how long that key is remembered, in
 * milliseconds; a digest of the text; the JSON after the id, hidden from the slow log.
 * @returns `new`, the id, the time, and the room's retention, keep and listed; or for a repeat `repeat`, the id and
 * digest of the first message in one text, and its JSON if it still exists
 */
export const APPEND = writeScript(`
local room = keptRoom()
if not room then return { 'no-room' } end
local keyMs, digest, rest = unpack(ARGV, 5)
local key = KEYS[8]
local first = key and redis.call('GET', key)
if first then
  local id = string.match(first, '^%S+')
  -- A key used in an earlier room of this name does not count.
  if tonumber(string.match(id, '^%w+'), 36) >= tonumber(room.born, 36) then
    return { 'repeat', first, message(room, id) or '' }
  end
end
local at = AT
local id, seq = nextId()
local json = '{"id":"' .. id .. '",' .. (AT > at and atTime(unpadded(rest), AT) or unpadded(rest))
storeEvent(MESSAGES, seq, json)
if key then redis.call('SET', key, id .. ' ' .. digest, 'PX', keyMs) end
trim(room, ${TRIM_MAX})
publish(withoutAuthor(json))
return { 'new', id, AT, unpack(room.settings) }
`)
