import { NUMBERING } from '../../redis/numbering.ts'
import { type Script, script } from '../../redis/script.ts'
import { TIME } from '../../redis/time.ts'
import { UNLOGGED } from '../../redis/unlogged.ts'
import { KEPT, WRITING } from './kept.ts'

/**
 * A script that writes to a kept room. Before its body come all functions of `kept.ts`, and the check that the caller's
 * time is near that of Redis: else it answers `untimely` and writes nothing.
 * @param body Lua, with its own words from ARGV[5] on and its own keys from KEYS[8] on
 */
export function writeScript(body: string): Script {
  return script(
    TIME,
    NUMBERING,
    UNLOGGED,
    KEPT,
    WRITING,
    "if untimely(AT) then return { 'untimely' } end",
    body,
  )
}
