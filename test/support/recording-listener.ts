import type { RoomEvent } from '../../src/chat/event.ts'

/** Somebody who listens to a bus, and can wait for what comes. */
export class RecordingListener {
  readonly events: RoomEvent[] = []
  #wake: () => void = () => {}

  readonly listen = (event: RoomEvent): void => {
    this.events.push(event)
    this.#wake()
  }

  /** The texts so far, as soon as there are so many. */
  async texts(count: number): Promise<string[]> {
    while (this.events.length < count) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    return this.events.map(({ text }) => text)
  }
}
