import type { RoomEvent } from '../../src/chat/event.ts'
import type { Heard, Standing } from '../../src/chat/ports/bus.ts'
import type { Signal } from '../../src/chat/signal.ts'

/** Somebody who listens to a bus, and can wait for what comes. */
export class RecordingListener {
  readonly events: RoomEvent[] = []
  readonly signals: Signal[] = []
  readonly standings: Standing[] = []
  #wake: () => void = () => {}

  readonly listen = (heard: Heard): void => {
    if (heard.kind === 'standing') this.standings.push(heard)
    else if ('id' in heard) this.events.push(heard)
    else this.signals.push(heard)
    this.#wake()
  }

  /** The signals so far, as soon as there are so many. */
  async heard(count: number): Promise<Signal[]> {
    while (this.signals.length < count) await this.#next()
    return this.signals
  }

  /** The texts so far, as soon as there are so many. */
  async texts(count: number): Promise<string[]> {
    while (this.events.length < count) await this.#next()
    return this.events.flatMap((event) => (event.kind === 'posted' ? [event.text] : []))
  }

  /** What it was told of where the room stands, as soon as it was told so often. */
  async stands(count: number): Promise<Standing[]> {
    while (this.standings.length < count) await this.#next()
    return this.standings
  }

  #next(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }
}
