import { writeScript } from './write-script.ts'

/**
 * Creates a kept room and publishes a signal, even if the reply is lost. The epoch of the room is later than any that
 * was seen under its name, and its numbering never expires.
 *
 * ARGV: slug, owner, retention, keep, listed, and the signal.
 * @returns `done`; `in-use` if there are messages in a vanishing room of this name, where nobody expects to be recorded
 */
export const CREATE_ROOM = writeScript(`
local existing = redis.call('HMGET', ROOM, 'owner', 'reservedUntil')
if existing[1] then return { 'exists' } end
if existing[2] and tonumber(existing[2]) > NOW then return { 'reserved' } end
local n = redis.call('HMGET', NUMBERS, 'epoch', 'seq')
if n[1] and not existing[2] and tonumber(n[2]) > 0 then return { 'in-use' } end
local epoch, before = base36(NOW), n[1]
if before then epoch = laterEpoch(epoch, before) end
local seenEpoch = string.match(NEWEST_SEEN, '^%w+')
if seenEpoch then epoch = laterEpoch(epoch, seenEpoch) end
redis.call('UNLINK', unpack(KEYS))
redis.call('HSET', NUMBERS, 'epoch', epoch, 'seq', 0, 'history', HISTORY)
local slug, owner, retention, keep, listed, signal = unpack(ARGV, 5)
redis.call('HSET', ROOM, 'slug', slug, 'owner', owner, 'born', epoch,
  'retention', retention, 'keep', keep, 'listed', listed)
publish(signal)
return { 'done' }
`)
