import { writeScript } from './write-script.ts'

/**
 * Deletes a room with all that was said in it, and publishes that. Its name is remembered for as long as it is nobody's,
 * and so is its epoch. One more of KEYS: its tokens. ARGV: how long that is, in milliseconds, and what to publish.
 * @returns `done`, and the JSON of each token that it had
 */
export const DELETE_ROOM = writeScript(`
if not kept() then return { 'no-room' } end
local slug = redis.call('HGET', ROOM, 'slug')
local tokens = redis.call('HVALS', KEYS[8])
redis.call('UNLINK', ROOM, EVENTS, MESSAGES, CHANGES, TIMES, EDITS, KEYS[8])
redis.call('HSET', ROOM, 'slug', slug, 'reservedUntil', NOW + ARGV[5])
redis.call('PEXPIRE', ROOM, ARGV[5])
redis.call('HDEL', NUMBERS, 'past')
redis.call('PEXPIRE', NUMBERS, ARGV[5])
publish(ARGV[6])
return { 'done', unpack(tokens) }
`)
