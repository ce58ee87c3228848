import type { RoomEvent } from '../event.ts'
import type { Clock } from '../ports/clock.ts'
import type { Format, Frame } from './frames.ts'

/** A reader who was away for longer than this sees a gap: a vanishing room remembers no further. */
export const WINDOW_MAX_FRAMES = 64

/** So many characters are replayed at the most, as many as may wait for a reader: 64 messages of links alone are megabytes. */
export const REPLAY_MAX_LENGTH = 256 * 1024

/** What a vanishing room still remembers for readers who reconnect: little, and not for long. */
export class ReplayWindow {
  readonly #clock: Clock
  readonly #ageMs: number
  #frames: { readonly frame: Frame<RoomEvent>; readonly until: number }[] = []
  #cancelExpiry: (() => void) | undefined

  /** @param ageMs how long a frame is remembered; 0 remembers nothing */
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

  /** The remembered frames after `seq`, oldest first, without those for which there is no room in what is replayed. */
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

  // The text of a vanished message leaves the memory on time, not when somebody happens to look.
  #expire(): void {
    this.#cancelExpiry = undefined
    this.#dropExpired()
    const next = this.#frames[0]
    if (next) this.#cancelExpiry = this.#clock.after(next.until - this.#clock.elapsed(), () => this.#expire())
  }
}
