/** So many bytes of each word of a command are kept in Redis's slow log. */
const SLOW_LOG_BYTES = 128

/** A word of a command of which the slow log has nothing but blanks; `unpadded(arg)` in Lua is what was meant. */
export function hideFromSlowLog(text: string): string {
  return ' '.repeat(SLOW_LOG_BYTES) + text
}

/** Lua that undoes `unlogged`. */
export const UNHIDE_LUA = `
local function unpadded(arg)
  return string.sub(arg, ${SLOW_LOG_BYTES + 1})
end
`
