import type { EventSourceMessage } from 'eventsource-parser'

interface LiveEvent {
  readonly id: string
  readonly text: string
  readonly of: string
  readonly message: { readonly id: string; readonly text: string }
  readonly afresh?: boolean
}

/** The messages that a program shows that follows live.json: by id, oldest first. */
export class ClientView {
  /** The id with which it would reconnect. */
  cursor: string
  /** The number of its messages that were deleted. */
  deleted = 0
  /** The number of gaps that it received. */
  gaps = 0
  #messages: Map<string, string>

  constructor(messages: readonly [string, string][], cursor: string) {
    this.#messages = new Map(messages)
    this.cursor = cursor
  }

  get messages(): [string, string][] {
    return [...this.#messages]
  }

  apply({ event, id, data }: Pick<EventSourceMessage, 'event' | 'id' | 'data'>): void {
    if (id !== undefined) this.cursor = id
    const received: LiveEvent = JSON.parse(data || '{}')
    switch (event) {
      case undefined:
        if (this.#messages.has(received.id)) throw new Error(`${received.id} came twice`)
        this.#messages.set(received.id, received.text)
        break
      case 'edited':
        if (this.#messages.has(received.message.id))
          this.#messages.set(received.message.id, received.message.text)
        break
      case 'deleted':
        if (this.#messages.delete(received.of)) this.deleted++
        break
      case 'gap':
        this.gaps++
        if (received.afresh) this.#messages.clear()
    }
  }
}
