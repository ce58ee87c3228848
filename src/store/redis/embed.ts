import { NUMBERING } from '../../redis/numbering.ts'
import { script } from '../../redis/script.ts'
import { KEPT, WRITING } from './kept.ts'

/**
 * Says which other sites' pages may show a room, and by which secret they answer for names. Words: origins and secret,
 * each empty for none.
 * @returns `done`
 */
export const EMBED = script(
  NUMBERING,
  KEPT,
  WRITING,
  `
if late(NOW) then return { 'late' } end
if not kept() then return { 'no-room' } end
redis.call('HSET', ROOM, 'embedOrigins', ARGV[5], 'embedSecret', ARGV[6])
return { 'done' }
`,
)
