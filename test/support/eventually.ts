import { setTimeout as pause } from 'node:timers/promises'

const TIMEOUT_MS = 60_000
const POLL_MS = 25

/** The fewest attempts, however long they take: while a machine stands still, nothing can change. */
const ATTEMPTS_MIN = 40

/**
 * Repeats an attempt until it succeeds.
 * @returns its result
 * @throws the error of the last attempt
 */
export async function eventually<Result>(
  attempt: () => Promise<Result>,
  timeoutMs = TIMEOUT_MS,
): Promise<Result> {
  const deadline = performance.now() + timeoutMs
  for (let attempts = 1; ; attempts++) {
    try {
      return await attempt()
    } catch (error) {
      if (performance.now() > deadline && attempts >= ATTEMPTS_MIN) throw error
    }
    await pause(POLL_MS)
  }
}
