import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Store } from '../../../src/chat/ports/store.ts'

const READS = ['findKeptRoom', 'top', 'hasEvent', 'readEvents', 'readPage'] as const

/**
 * Delays the reads of a store by some turns of the event loop, as a network would. Other things can then happen between
 * a read and the use of its result.
 * @param turns the number of turns before and after each read
 */
export function delayReads(store: Store, turns: () => number): Store {
  const waitForTurns = async () => {
    for (let left = turns(); left > 0; left--) await nextTurn()
  }
  const delayedReads = new Map<PropertyKey, unknown>(
    READS.map((name) => [
      name,
      async (...args: unknown[]) => {
        await waitForTurns()
        const read: (...args: never[]) => Promise<unknown> = store[name].bind(store)
        const result = await read(...(args as never[]))
        await waitForTurns()
        return result
      },
    ]),
  )
  return new Proxy(store, {
    get: (_, name) => {
      const member = Reflect.get(store, name, store)
      return delayedReads.get(name) ?? (typeof member === 'function' ? member.bind(store) : member)
    },
  })
}
