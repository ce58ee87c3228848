import { writeScript } from './write-script.ts'

/**
 * Says which other sites' pages may show a room, and by which secret they answer for names. ARGV: origins and secret,
 * each empty for none.
 * @returns `done`
 */
export const CHANGE_EMBEDDING = writeScript(`
if not kept() then return { 'no-room' } end
redis.call('HSET', ROOM, 'embedOrigins', ARGV[5], 'embedSecret', ARGV[6])
return { 'done' }
`)
