import { writeScript } from './write-script.ts'

/**
 * Makes a kept room, in an epoch after all that were seen under its name, and whose numbers never expire, and publishes
 * that it is one: also where the answer is lost.
 *
 * ARGV: slug, owner, retention, keep, listed, and what to publish.
 * @returns `done`; `in-use` where something was said in a vanishing room of this name, which nobody expects to be kept
 */
export const CREATE_ROOM = writeScript(`
local existing = redis.call('HMGET', ROOM, 'owner', 'reservedUntil')
if existing[1] then return { 'exists' } end
if existing[2] and tonumber(existing[2]) > NOW then return { 'reserved' } end
local n = redis.call('HMGET', NUMBERS, 'epoch', 'seq')
if n[1] and not existing[2] and tonumber(n[2]) > 0 then return { 'in-use' } end
local epoch, before = base36(NOW), n[1]
if before then epoch = laterEpoch(epoch, before) end
local knownEpoch = string.match(KNOWN_TOP, '^%w+')
if knownEpoch then epoch = laterEpoch(epoch, knownEpoch) end
redis.call('UNLINK', unpack(KEYS))
redis.call('HSET', NUMBERS, 'epoch', epoch, 'seq', 0, 'history', HISTORY)
local slug, owner, retention, keep, listed, made = unpack(ARGV, 5)
redis.call('HSET', ROOM, 'slug', slug, 'owner', owner, 'born', epoch,
  'retention', retention, 'keep', keep, 'listed', listed)
publish(made)
return { 'done' }
`)
