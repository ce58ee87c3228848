import type { RoomEvent } from '../../src/chat/event.ts'
import type { BusMessage, StreamPosition } from '../../src/chat/ports/bus.ts'
import type { Signal } from '../../src/chat/signal.ts'

/** A listener of a bus that records what it receives. */
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

  /** Resolves to all signals so far, once there are `count`. */
  async waitForSignals(count: number): Promise<Signal[]> {
    while (this.signals.length < count) await this.#next()
    return this.signals
  }

  /** Resolves to the texts of all messages so far, once there are `count` events. */
  async waitForTexts(count: number): Promise<string[]> {
    while (this.events.length < count) await this.#next()
    return this.events.flatMap((event) => (event.kind === 'posted' ? [event.text] : []))
  }

  /** Resolves to all positions of the room so far, once there are `count`. */
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
