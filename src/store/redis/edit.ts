import { writeScript } from './write-script.ts'

/**
 * Puts another text in a message's place and publishes it, with an event that points to it.
 *
 * ARGV: the message's id; who wrote it, or nothing for the owner; the JSON from its text on, unlogged.
 * @returns `done`, the event's id and the message's JSON
 */
export const EDIT = writeScript(`
local room = kept()
if not room then return { 'no-room' } end
local of, by, text = unpack(ARGV, 5)
local original = message(room, of)
if not original then return { 'no-message' } end
if by ~= '' and string.match(original, '"by":"([^"]*)"') ~= by then return { 'not-author' } end
-- Text follows what never changes, and no quotation mark in a name stands there without a backslash.
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
