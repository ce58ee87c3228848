import { writeScript } from './write-script.ts'

/**
 * Gives a room other settings, and publishes what it keeps where that is something else. ARGV: retention, keep, listed,
 * and what to publish.
 * @returns `done`
 */
export const CHANGE_SETTINGS = writeScript(`
local room = kept()
if not room then return { 'no-room' } end
local retention, keep, listed, changed = unpack(ARGV, 5)
redis.call('HSET', ROOM, 'retention', retention, 'keep', keep, 'listed', listed)
if room.settings[1] ~= retention or room.settings[2] ~= keep then publish(changed) end
return { 'done' }
`)
