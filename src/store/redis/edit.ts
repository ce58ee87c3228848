import { writeScript } from './write-script.ts'

/**
 * Puts another text in a message's place and publishes it, with an event that points to it.
 *
 * Words: the message's id; who wrote it, or nothing for the owner; the JSON from its text on, unlogged.
 * @returns `done`, the event's id and the message's JSON
 */
export const EDIT = writeScript(`
local room = kept()
if not room then return { 'no-room' } end
local of, by, text = unpack(ARGV, 5)
local was = message(room, of)
if not was then return { 'gone' } end
if by ~= '' and string.match(was, '"by":"([^"]*)"') ~= by then return { 'not-yours' } end
-- Text follows what never changes, and no quotation mark in a name stands there without a backslash.
local json = string.sub(was, 1, string.find(was, ',"text":', 1, true)) .. unpadded(text)
local place = string.match(of, '%d+$')
local id, seq = nextId()
local head = '{"id":"' .. id .. '","kind":"edited","at":' .. ARGV[1]
redis.call('HSET', EVENTS, place, json)
put(CHANGES, seq, head .. ',"of":"' .. of .. '"}')
redis.call('ZADD', EDITS, place, seq)
publish(head .. ',"message":' .. withoutAuthor(json) .. '}')
return { 'done', id, json }
`)
