import { createHash } from 'node:crypto'

/** A Lua script. Redis runs it as one atomic step and identifies it by its SHA-1. */
export interface Script {
  readonly lua: string
  readonly sha: string
}

/** @param parts of one script; functions that several scripts share come first */
export function defineScript(...parts: readonly string[]): Script {
  const lua = parts.join('\n')
  return { lua, sha: createHash('sha1').update(lua).digest('hex') }
}
