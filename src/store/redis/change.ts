import { NUMBERING } from '../../redis/numbering.ts'
import { script } from '../../redis/script.ts'
import { KEPT, WRITING } from './kept.ts'

/**
 * Gives a room other settings. Words: retention, keep, listed.
 * @returns `done`
 */
export const CHANGE = script(
  NUMBERING,
  KEPT,
  WRITING,
  `
if late(NOW) then return { 'late' } end
if not kept() then return { 'no-room' } end
local retention, keep, listed = unpack(ARGV, 5)
redis.call('HSET', ROOM, 'retention', retention, 'keep', keep, 'listed', listed)
return { 'done' }
`,
)
