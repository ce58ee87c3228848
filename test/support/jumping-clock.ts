import type { Clock } from '../../src/chat/ports.ts'
import { systemClock } from '../../src/clock.ts'

/** The system's clock and its timers, whose time a test can set forward. */
export class JumpingClock implements Clock {
  #jumped = 0

  now(): number {
    return systemClock.now() + this.#jumped
  }

  elapsed(): number {
    return systemClock.elapsed() + this.#jumped
  }

  after(ms: number, run: () => void): () => void {
    return systemClock.after(ms, run)
  }

  soon(run: () => void): void {
    systemClock.soon(run)
  }

  jump(ms: number): void {
    this.#jumped += ms
  }
}
