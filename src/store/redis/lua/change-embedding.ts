import { writeScript } from './write-script.ts'

/**
 * Changes which origins may embed a room, and the secret that they sign names with. ARGV: origins and secret, each
 * empty if undefined.
 * @returns `done`
 */
export const CHANGE_EMBEDDING = writeScript(`
if not keptRoom() then return { 'no-room' } end
redis.call('HSET', ROOM, 'embedOrigins', ARGV[5], 'embedSecret', ARGV[6])
return { 'done' }
`)
