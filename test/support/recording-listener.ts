import type { RoomEvent } from '../../src/chat/event.ts'
import type { BusMessage, StreamPosition } from '../../src/chat/ports/bus.ts'
import type { Signal } from '../../src/chat/signal.ts'

/** Somebody who listens to a bus, and can wait for what comes. */
export class RecordingListener {
  readonly events: RoomEvent[] = []
  readonly signals: Signal[] = []
  readonly positions: StreamPosition[] = []
  #wake: () => void = () => {}

  readonly listen = (message: BusMessage): void => {
    if (message.kind === 'position') this.positions.push(message)
    else if ('id' in message) this.events.push(message)
    else this.signals.push(message)
    this.#wake()
  }

  /** The signals so far, as soon as there are so many. */
  async waitForSignals(count: number): Promise<Signal[]> {
    while (this.signals.length < count) await this.#next()
    return this.signals
  }

  /** The texts so far, as soon as there are so many. */
  async waitForTexts(count: number): Promise<string[]> {
    while (this.events.length < count) await this.#next()
    return this.events.flatMap((event) => (event.kind === 'posted' ? [event.text] : []))
  }

  /** What it was told of where the room stands, as soon as it was told so often. */
  async waitForPositions(count: number): Promise<StreamPosition[]> {
    while (this.positions.length < count) await this.#next()
    return this.positions
  }

  #next(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }
}
