import { writeScript } from './write-script.ts'

/** Edits that one run deletes, so that other scripts need not wait long. */
const EDITS_AT_ONCE = 1_000

/**
 * Deletes a message and the events that point to it, and publishes the deletion.
 *
 * ARGV: the id of the message; the digest of its author, or empty for the owner.
 * @returns `done`, and the id and the time of the event; `more` if the script must run again, because the message has
 * many edits that a version before this one stored
 */
export const DELETE_MESSAGE = writeScript(`
local room = keptRoom()
if not room then return { 'no-room' } end
local of, by = unpack(ARGV, 5)
local original = message(room, of)
if not original then return { 'no-message' } end
if by ~= '' and string.match(original, '"by":"([^"]*)"') ~= by then return { 'not-author' } end
local messageSeq = string.match(of, '%d+$')
local seqs = olderEdits(messageSeq, ${EDITS_AT_ONCE})
local isLast = #seqs < ${EDITS_AT_ONCE}
if isLast then seqs[#seqs + 1] = messageSeq end
-- Deletes before it writes: with full memory, Redis lets a script write only after it has deleted something.
delete(seqs)
if not isLast then return { 'more' } end
local id, seq = nextId()
local json = '{"id":"' .. id .. '","kind":"deleted","at":' .. atText() .. ',"of":"' .. of .. '"}'
storeEvent(CHANGES, seq, json)
publish(json)
return { 'done', id, AT }
`)
