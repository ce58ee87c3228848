import type { Clock } from '../../src/chat/ports/clock.ts'
import { systemClock } from '../../src/system/clock.ts'

type Time = Pick<Clock, 'now' | 'elapsed'>

/** The timers of the system, with a time that a test can set forward. */
export class JumpingClock implements Clock {
  readonly #time: Time
  #offsetMs = 0

  constructor(time: Time = systemClock) {
    this.#time = time
  }

  /** A clock that stands still between its jumps, however long a test takes on a busy machine. */
  static frozen(): JumpingClock {
    const [now, elapsed] = [systemClock.now(), systemClock.elapsed()]
    return new JumpingClock({ now: () => now, elapsed: () => elapsed })
  }

  now(): number {
    return this.#time.now() + this.#offsetMs
  }

  elapsed(): number {
    return this.#time.elapsed() + this.#offsetMs
  }

  after(ms: number, run: () => void): () => void {
    return systemClock.after(ms, run)
  }

  setImmediate(run: () => void): void {
    systemClock.setImmediate(run)
  }

  advance(ms: number): void {
    this.#offsetMs += ms
  }
}
