import { createHash } from 'node:crypto'

/** A Lua program that runs in Redis, whole or not at all, and is known there by its SHA-1. */
export interface Script {
  readonly lua: string
  readonly sha: string
}

/** @param parts of one program; functions that several programs share come first */
export function defineScript(...parts: readonly string[]): Script {
  const lua = parts.join('\n')
  return { lua, sha: createHash('sha1').update(lua).digest('hex') }
}
