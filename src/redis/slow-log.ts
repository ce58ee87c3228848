/** How many bytes of each argument Redis keeps in its slow log. */
const SLOW_LOG_BYTES = 128

/** Pads an argument so that the slow log shows only blanks. In Lua, `unpadded(arg)` returns the text. */
export function hideFromSlowLog(text: string): string {
  return ' '.repeat(SLOW_LOG_BYTES) + text
}

/** Lua that undoes `hideFromSlowLog`. */
export const UNHIDE_LUA = `
local function unpadded(arg)
  return string.sub(arg, ${SLOW_LOG_BYTES + 1})
end
`
