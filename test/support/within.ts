import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises'

const TICK_MS = 20

/**
 * Rejects unless `promise` settles within `ms` milliseconds. Time in which the machine does not run this process does
 * not count: a delay counts as one tick, however long it is.
 */
export async function within<Result>(ms: number, promise: Promise<Result>): Promise<Result> {
  let isSettled = false
  const timeLimit = async () => {
    for (let passed = 0; passed < ms && !isSettled; passed += TICK_MS) await pause(TICK_MS)
    // What became due in the same turn settles first.
    for (let turns = 0; turns < 3; turns++) await nextTurn()
    if (!isSettled) throw new Error(`It took more than ${ms} ms`)
    return promise
  }
  try {
    return await Promise.race([promise, timeLimit()])
  } finally {
    isSettled = true
  }
}
