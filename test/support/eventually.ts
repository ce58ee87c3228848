import { setTimeout as pause } from 'node:timers/promises'

const PATIENCE_MS = 15_000
const LOOK_MS = 25

/** So often it is looked, however late it is: on a machine that stood still nothing could come about meanwhile. */
const LOOKS_MIN = 40

/** Repeats a claim until it holds; fails with what it said last. */
export async function eventually(claim: () => Promise<void>, patienceMs = PATIENCE_MS): Promise<void> {
  const deadline = performance.now() + patienceMs
  for (let looks = 1; ; looks++) {
    try {
      return await claim()
    } catch (error) {
      if (performance.now() > deadline && looks >= LOOKS_MIN) throw error
    }
    await pause(LOOK_MS)
  }
}
