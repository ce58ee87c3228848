import { setTimeout as pause } from 'node:timers/promises'

const PATIENCE_MS = 15_000
const LOOK_MS = 25

/** Repeats a claim until it holds; fails with what it said last. */
export async function eventually(claim: () => Promise<void>, patienceMs = PATIENCE_MS): Promise<void> {
  const deadline = performance.now() + patienceMs
  for (;;) {
    try {
      return await claim()
    } catch (error) {
      if (performance.now() > deadline) throw error
    }
    await pause(LOOK_MS)
  }
}
