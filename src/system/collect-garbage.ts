import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { lazy } from '../chat/lazy.ts'

// V8 gives `gc` to contexts that are created while this flag is set. Node has no other access to it.
const exposeGc = lazy((): unknown => {
  setFlagsFromString('--expose-gc')
  const gc: unknown = runInNewContext('globalThis.gc')
  setFlagsFromString('--no-expose-gc')
  return gc
})

/** Frees unreachable memory now, if this Node can do that. Blocks the event loop. */
export function collectGarbage(): void {
  const collect = exposeGc()
  if (typeof collect === 'function') collect()
}

/**
 * Also frees what V8 can make again, such as compiled code that ran once, and returns the memory to the system. Startup
 * alone needs 6 MB; V8 by itself would free them only when ten times as much is in use.
 */
export function collectGarbageFully(): void {
  const collect = exposeGc()
  if (typeof collect === 'function') collect({ type: 'major', execution: 'sync', flavor: 'last-resort' })
}
