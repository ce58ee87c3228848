import { NUMBERING } from '../../redis/numbering.ts'
import { script } from '../../redis/script.ts'
import { TIME } from '../../redis/time.ts'
import { KEPT, WRITING } from './kept.ts'

/**
 * Says which other sites' pages may show a room, and by which secret they answer for names. Words: origins and secret,
 * each empty for none.
 * @returns `done`
 */
export const EMBED = script(
  TIME,
  NUMBERING,
  KEPT,
  WRITING,
  `
if untimely(AT) then return { 'untimely' } end
if not kept() then return { 'no-room' } end
redis.call('HSET', ROOM, 'embedOrigins', ARGV[5], 'embedSecret', ARGV[6])
return { 'done' }
`,
)
