import { writeScript } from './write-script.ts'

/**
 * Deletes a message and the events that point to it, and publishes the deletion.
 *
 * ARGV: the id of the message; the digest of its author, or empty for the owner.
 * @returns `done` and the id of the event
 */
export const DELETE_MESSAGE = writeScript(`
local room = keptRoom()
if not room then return { 'no-room' } end
local of, by = unpack(ARGV, 5)
local original = message(room, of)
if not original then return { 'no-message' } end
if by ~= '' and string.match(original, '"by":"([^"]*)"') ~= by then return { 'not-author' } end
local messageSeq = string.match(of, '%d+$')
local seqs = redis.call('ZRANGE', EDITS, messageSeq, messageSeq, 'BYSCORE')
seqs[#seqs + 1] = messageSeq
-- Deletes before it writes: with full memory, Redis lets a script write only after it has deleted something.
delete(seqs)
local id, seq = nextId()
local json = '{"id":"' .. id .. '","kind":"deleted","at":' .. ARGV[1] .. ',"of":"' .. of .. '"}'
storeEvent(CHANGES, seq, json)
publish(json)
return { 'done', id }
`)
