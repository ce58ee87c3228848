import { writeScript } from './write-script.ts'

/**
 * Replaces the text of a message, stores an event that points to the message, and publishes both.
 *
 * ARGV: the id of the message; the digest of its author, or empty for the owner; the JSON from its text on, hidden from
 * the slow log.
 * @returns `done`, the id of the event and the JSON of the message
 */
export const EDIT = writeScript(`
local room = keptRoom()
if not room then return { 'no-room' } end
local of, by, text = unpack(ARGV, 5)
local original = message(room, of)
if not original then return { 'no-message' } end
if by ~= '' and string.match(original, '"by":"([^"]*)"') ~= by then return { 'not-author' } end
-- Fields that never change come before the text. No name can imitate ',"text":', because its quotation marks are
-- escaped.
local json = string.sub(original, 1, string.find(original, ',"text":', 1, true)) .. unpadded(text)
local messageSeq = string.match(of, '%d+$')
local id, seq = nextId()
local head = '{"id":"' .. id .. '","kind":"edited","at":' .. ARGV[1]
redis.call('HSET', EVENTS, messageSeq, json)
storeEvent(CHANGES, seq, head .. ',"of":"' .. of .. '"}')
redis.call('ZADD', EDITS, messageSeq, seq)
publish(head .. ',"message":' .. withoutAuthor(json) .. '}')
return { 'done', id, json }
`)
