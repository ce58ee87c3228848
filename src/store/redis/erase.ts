import { writeScript } from './write-script.ts'

/**
 * Deletes a message and the events that point to it, and publishes that it is gone.
 *
 * Words: the message's id; who wrote it, or nothing for the owner.
 * @returns `done` and the event's id
 */
export const ERASE = writeScript(`
local room = kept()
if not room then return { 'no-room' } end
local of, by = unpack(ARGV, 5)
local was = message(room, of)
if not was then return { 'gone' } end
if by ~= '' and string.match(was, '"by":"([^"]*)"') ~= by then return { 'not-yours' } end
local place = string.match(of, '%d+$')
local seqs = redis.call('ZRANGE', EDITS, place, place, 'BYSCORE')
seqs[#seqs + 1] = place
-- First of all: with a full memory a script may go on writing once it has deleted something.
delete(seqs)
local id, seq = nextId()
local json = '{"id":"' .. id .. '","kind":"deleted","at":' .. ARGV[1] .. ',"of":"' .. of .. '"}'
put(CHANGES, seq, json)
publish(json)
return { 'done', id }
`)
