/** So many bytes of each word of a command are kept in Redis's slow log. */
const LOGGED_BYTES = 128

/** A word of a command of which the slow log has nothing but blanks; `unpadded(word)` in Lua is what was meant. */
export function unlogged(text: string): string {
  return ' '.repeat(LOGGED_BYTES) + text
}

/** Lua that undoes `unlogged`. */
export const UNLOGGED = `
local function unpadded(word)
  return string.sub(word, ${LOGGED_BYTES + 1})
end
`
