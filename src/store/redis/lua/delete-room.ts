import { writeScript } from './write-script.ts'

/**
 * Deletes a room with all its messages and tokens, and publishes a signal. Its slug and its epoch are remembered for as
 * long as the slug is reserved.
 *
 * KEYS: the room's, and that of its tokens. ARGV: how long the slug is reserved, in milliseconds, and the signal.
 * @returns `done`, and the JSON of each token that was deleted
 */
export const DELETE_ROOM = writeScript(`
if not keptRoom() then return { 'no-room' } end
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
