import { NUMBERING_LUA } from '../../../redis/numbering.ts'
import { defineScript, type Script } from '../../../redis/script.ts'
import { UNHIDE_LUA } from '../../../redis/slow-log.ts'
import { TIME_LUA } from '../../../redis/time.ts'
import { KEPT_ROOM_LUA, WRITE_LUA } from './kept-room.ts'

/**
 * Defines a script that writes to a kept room. The functions of `kept-room.ts` come before its body. If the
 * caller's time differs too much from that of Redis, the script returns `stale` and writes nothing.
 * @param body Lua, with its own arguments from ARGV[5] on and its own keys from KEYS[8] on
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
