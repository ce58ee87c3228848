import { writeScript } from './write-script.ts'

/**
 * Changes the settings of a room, and publishes a signal if its retention changes. ARGV: retention, keep, listed, and
 * the signal.
 * @returns `done`
 */
export const CHANGE_SETTINGS = writeScript(`
local room = keptRoom()
if not room then return { 'no-room' } end
local retention, keep, listed, signal = unpack(ARGV, 5)
redis.call('HSET', ROOM, 'retention', retention, 'keep', keep, 'listed', listed)
if room.settings[1] ~= retention or room.settings[2] ~= keep then publish(signal) end
return { 'done' }
`)
