import type { RoomEvent } from '../event.ts'
import type { Clock } from '../ports/clock.ts'
import type { Format, Frame } from './frames.ts'

/** A reader who missed more frames than this gets a gap: a vanishing room remembers no further. */
export const WINDOW_MAX_FRAMES = 64

/** The most characters of a replay, as many as may wait for a reader. 64 messages of links alone are megabytes. */
export const REPLAY_MAX_LENGTH = 256 * 1024

/** The few latest events that a vanishing room remembers, for a short time, for readers who reconnect (P3). */
export class ReplayWindow {
  readonly #clock: Clock
  readonly #ageMs: number
  #frames: { readonly frame: Frame<RoomEvent>; readonly until: number }[] = []
  #cancelExpiry: (() => void) | undefined

  /** @param ageMs how long a frame is remembered, in milliseconds; 0 remembers nothing */
  constructor(clock: Clock, ageMs: number) {
    this.#clock = clock
    this.#ageMs = ageMs
  }

  push(frame: Frame<RoomEvent>): void {
    if (this.#ageMs === 0) return
    this.#frames.push({ frame, until: this.#clock.elapsed() + this.#ageMs })
    if (this.#frames.length > WINDOW_MAX_FRAMES) this.#frames.shift()
    this.#cancelExpiry ??= this.#clock.after(this.#ageMs, () => this.#expire())
  }

  /** The remembered frames after `seq`, oldest first. The oldest are left out if all are too long for one replay. */
  framesAfter(seq: number, format: Format): Frame<RoomEvent>[] {
    this.#dropExpired()
    const frames = this.#frames.filter(({ frame }) => frame.content.id.seq > seq).map(({ frame }) => frame)
    let length = 0
    const tooMuch = frames.findLastIndex((frame) => {
      length += frame.encode(format).length
      return length > REPLAY_MAX_LENGTH
    })
    return frames.slice(tooMuch + 1)
  }

  clear(): void {
    this.#frames = []
    this.#cancelExpiry?.()
    this.#cancelExpiry = undefined
  }

  #dropExpired(): void {
    const now = this.#clock.elapsed()
    while (this.#frames[0] && this.#frames[0].until <= now) this.#frames.shift()
  }

  // The timer drops the text of a message on time, even if nobody reads the window.
  #expire(): void {
    this.#cancelExpiry = undefined
    this.#dropExpired()
    const next = this.#frames[0]
    if (next) this.#cancelExpiry = this.#clock.after(next.until - this.#clock.elapsed(), () => this.#expire())
  }
}
