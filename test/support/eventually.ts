import { setTimeout as pause } from 'node:timers/promises'

const TIMEOUT_MS = 60_000
const POLL_MS = 25

/** So often it is looked, however late it is: on a machine that stood still nothing could come about meanwhile. */
const ATTEMPTS_MIN = 40

/** Repeats a claim until it holds; fails with what it said last. */
export async function eventually(claim: () => Promise<void>, patienceMs = TIMEOUT_MS): Promise<void> {
  const deadline = performance.now() + patienceMs
  for (let looks = 1; ; looks++) {
    try {
      return await claim()
    } catch (error) {
      if (performance.now() > deadline && looks >= ATTEMPTS_MIN) throw error
    }
    await pause(POLL_MS)
  }
}
