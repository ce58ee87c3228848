import { NUMBERING_LUA } from '../../redis/numbering.ts'
import { defineScript, type Script } from '../../redis/script.ts'
import { UNHIDE_LUA } from '../../redis/slow-log.ts'
import { TIME_LUA } from '../../redis/time.ts'
import { KEPT_ROOM_LUA, WRITE_LUA } from './kept-room-lua.ts'

/**
 * A script that writes to a kept room. Before its body come all functions of `kept.ts`, and the check that the caller's
 * time is near that of Redis: else it answers `stale` and writes nothing.
 * @param body Lua, with its own words from ARGV[5] on and its own keys from KEYS[8] on
 */
export function writeScript(body: string): Script {
  return defineScript(
    TIME_LUA,
    NUMBERING_LUA,
    UNHIDE_LUA,
    KEPT_ROOM_LUA,
    WRITE_LUA,
    "if isStale(AT) then return { 'stale' } end",
    body,
  )
}
