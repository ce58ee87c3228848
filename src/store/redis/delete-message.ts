import { writeScript } from './write-script.ts'

/**
 * Deletes a message and the events that point to it, and publishes that it is gone.
 *
 * ARGV: the message's id; who wrote it, or nothing for the owner.
 * @returns `done` and the event's id
 */
export const DELETE_MESSAGE = writeScript(`
local room = kept()
if not room then return { 'no-room' } end
local of, by = unpack(ARGV, 5)
local original = message(room, of)
if not original then return { 'no-message' } end
if by ~= '' and string.match(original, '"by":"([^"]*)"') ~= by then return { 'not-author' } end
local messageSeq = string.match(of, '%d+$')
local seqs = redis.call('ZRANGE', EDITS, messageSeq, messageSeq, 'BYSCORE')
seqs[#seqs + 1] = messageSeq
-- First of all: with a full memory a script may go on writing once it has deleted something.
delete(seqs)
local id, seq = nextId()
local json = '{"id":"' .. id .. '","kind":"deleted","at":' .. ARGV[1] .. ',"of":"' .. of .. '"}'
storeEvent(CHANGES, seq, json)
publish(json)
return { 'done', id }
`)
