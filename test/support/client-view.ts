import type { EventSourceMessage } from 'eventsource-parser'

interface LiveEvent {
  readonly id: string
  readonly text: string
  readonly of: string
  readonly message: { readonly id: string; readonly text: string }
  readonly afresh?: boolean
}

/** What a program shows of a room that follows live.json: the messages by id, oldest first. */
export class ClientView {
  /** The id that it would come back with. */
  cursor: string
  /** How many of its messages were deleted. */
  deleted = 0
  /** How often it was told that something is missing. */
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
    const told: LiveEvent = JSON.parse(data || '{}')
    switch (event) {
      case undefined:
        if (this.#messages.has(told.id)) throw new Error(`${told.id} came twice`)
        this.#messages.set(told.id, told.text)
        break
      case 'edited':
        if (this.#messages.has(told.message.id)) this.#messages.set(told.message.id, told.message.text)
        break
      case 'deleted':
        if (this.#messages.delete(told.of)) this.deleted++
        break
      case 'gap':
        this.gaps++
        if (told.afresh) this.#messages.clear()
    }
  }
}
