import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { lazy } from '../chat/lazy.ts'

// V8 shows it to contexts that are made while this flag is set, and Node has no other way to it.
const exposeGc = lazy((): unknown => {
  setFlagsFromString('--expose-gc')
  const found: unknown = runInNewContext('globalThis.gc')
  setFlagsFromString('--no-expose-gc')
  return found
})

/** Frees at once what nothing refers to, where this Node can; all waits for it. */
export function collectGarbage(): void {
  const collect = exposeGc()
  if (typeof collect === 'function') collect()
}

/**
 * The same with what can be had again, such as compiled code that has run once, and gives the system back the room. What
 * starting takes and nothing else does is 6 MB, of which V8 would let go when ten times as much is used.
 */
export function collectGarbageFully(): void {
  const collect = exposeGc()
  if (typeof collect === 'function') collect({ type: 'major', execution: 'sync', flavor: 'last-resort' })
}
