import { writeScript } from './write-script.ts'

/** Surplus messages that one post deletes at most; while nobody changes how many are kept, there is one. */
const TRIM_MAX = 100

/**
 * Numbers, stores and publishes a message: one script, so that the order of the ids is that on the channel. The client's
 * key, where there is one, is the last of the keys.
 *
 * ARGV: how long that key is known, in milliseconds; a digest of the text; the JSON after the id, unlogged.
 * @returns `new`, the id, and the room's retention, keep and listed; of a repeat `repeat`, the first one's id and digest
 * in one word, and its JSON if it is still there
 */
export const APPEND = writeScript(`
local room = kept()
if not room then return { 'no-room' } end
local keyMs, digest, rest = unpack(ARGV, 5)
local key = KEYS[8]
local first = key and redis.call('GET', key)
if first then
  local id = string.match(first, '^%S+')
  -- Of a room of this name before, it means nothing.
  if tonumber(string.match(id, '^%w+'), 36) >= tonumber(room.born, 36) then
    return { 'repeat', first, message(room, id) or '' }
  end
end
local id, seq = nextId()
local json = '{"id":"' .. id .. '",' .. unpadded(rest)
storeEvent(MESSAGES, seq, json)
if key then redis.call('SET', key, id .. ' ' .. digest, 'PX', keyMs) end
trim(room, ${TRIM_MAX})
publish(withoutAuthor(json))
return { 'new', id, unpack(room.settings) }
`)
