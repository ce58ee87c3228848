import type { EventSourceMessage } from 'eventsource-parser'

interface Told {
  readonly id: string
  readonly text: string
  readonly of: string
  readonly message: { readonly id: string; readonly text: string }
  readonly afresh?: boolean
}

/** What a program shows of a room that follows live.json: the messages by id, oldest first. */
export class ShownLog {
  /** The id that it would come back with. */
  cursor: string
  /** How many of its messages were deleted. */
  deleted = 0
  /** How often it was told that something is missing. */
  gaps = 0
  #shown: Map<string, string>

  constructor(messages: readonly [string, string][], cursor: string) {
    this.#shown = new Map(messages)
    this.cursor = cursor
  }

  get messages(): [string, string][] {
    return [...this.#shown]
  }

  take({ event, id, data }: Pick<EventSourceMessage, 'event' | 'id' | 'data'>): void {
    if (id !== undefined) this.cursor = id
    const told: Told = JSON.parse(data || '{}')
    switch (event) {
      case undefined:
        if (this.#shown.has(told.id)) throw new Error(`${told.id} came twice`)
        this.#shown.set(told.id, told.text)
        break
      case 'edited':
        if (this.#shown.has(told.message.id)) this.#shown.set(told.message.id, told.message.text)
        break
      case 'deleted':
        if (this.#shown.delete(told.of)) this.deleted++
        break
      case 'gap':
        this.gaps++
        if (told.afresh) this.#shown.clear()
    }
  }
}
