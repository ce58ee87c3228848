import { setImmediate as turn } from 'node:timers/promises'
import type { Store } from '../../../src/chat/ports/store.ts'

const READS = ['findKeptRoom', 'top', 'hasEvent', 'readEvents', 'readPage'] as const

/**
 * A store whose readings come some turns of the loop late, as one's does that is asked over a network: whatever
 * happens meanwhile falls between the reading and what is made of it.
 * @param turns how many, before and after each reading
 */
export function delayReads(store: Store, turns: () => number): Store {
  const pass = async () => {
    for (let left = turns(); left > 0; left--) await turn()
  }
  const late = new Map<PropertyKey, unknown>(
    READS.map((name) => [
      name,
      async (...args: unknown[]) => {
        await pass()
        const read: (...args: never[]) => Promise<unknown> = store[name].bind(store)
        const result = await read(...(args as never[]))
        await pass()
        return result
      },
    ]),
  )
  return new Proxy(store, {
    get: (_, name) => {
      const own = Reflect.get(store, name, store)
      return late.get(name) ?? (typeof own === 'function' ? own.bind(store) : own)
    },
  })
}
