import { writeScript } from './write-script.ts'

/** Older edits that one edit deletes at most. There is only one, unless a version before this one stored them all. */
const OLDER_EDITS_MAX = 1_000

/**
 * Replaces the text of a message, stores an event that points to the message, and publishes both. The event takes the
 * place of the message's earlier edits: it says everything, because it delivers the message in its present form.
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
local messageSeq = string.match(of, '%d+$')
-- Deletes before it writes: with full memory, Redis lets a script write only after it has deleted something.
delete(olderEdits(messageSeq, ${OLDER_EDITS_MAX}))
local id, seq = nextId()
local timed = string.gsub(unpadded(text), '("editedAt":)%d+}$', '%1' .. atText() .. '}')
local json = string.sub(original, 1, string.find(original, ',"text":', 1, true)) .. timed
local head = '{"id":"' .. id .. '","kind":"edited","at":' .. atText()
redis.call('HSET', EVENTS, messageSeq, json)
storeEvent(CHANGES, seq, head .. ',"of":"' .. of .. '"}')
redis.call('ZADD', EDITS, messageSeq, seq)
publish(head .. ',"message":' .. withoutAuthor(json) .. '}')
return { 'done', id, json }
`)
