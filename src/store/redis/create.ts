import { writeScript } from './write-script.ts'

/**
 * Makes a kept room, in an epoch after all that were seen under its name, and whose numbers never expire, and publishes
 * that it is one: also where the answer is lost.
 *
 * Words: slug, owner, retention, keep, listed, and what to publish.
 * @returns `done`; `alive` where something was said in a vanishing room of this name, which nobody expects to be kept
 */
export const CREATE = writeScript(`
local there = redis.call('HMGET', ROOM, 'owner', 'reservedUntil')
if there[1] then return { 'exists' } end
if there[2] and tonumber(there[2]) > NOW then return { 'reserved' } end
local n = redis.call('HMGET', NUMBERS, 'epoch', 'seq')
if n[1] and not there[2] and tonumber(n[2]) > 0 then return { 'alive' } end
local epoch, before = base36(NOW), n[1]
if before then epoch = later(epoch, before) end
local seen = string.match(KNOWN, '^%w+')
if seen then epoch = later(epoch, seen) end
redis.call('UNLINK', unpack(KEYS))
redis.call('HSET', NUMBERS, 'epoch', epoch, 'seq', 0, 'history', HISTORY)
local slug, owner, retention, keep, listed, made = unpack(ARGV, 5)
redis.call('HSET', ROOM, 'slug', slug, 'owner', owner, 'born', epoch,
  'retention', retention, 'keep', keep, 'listed', listed)
publish(made)
return { 'done' }
`)
