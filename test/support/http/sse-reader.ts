import { createParser, type EventSourceMessage } from 'eventsource-parser'

/** A reader of a Server-Sent Events stream that can wait for an event. */
export class SseReader {
  readonly response: Response
  readonly events: EventSourceMessage[] = []
  /** Resolves when the server has ended the stream, or the connection was cut. */
  readonly ended: Promise<void>
  readonly #abort: AbortController
  #wake: () => void = () => {}
  #isEnded = false

  private constructor(response: Response, abort: AbortController) {
    this.response = response
    this.#abort = abort
    this.ended = this.#read()
  }

  static async open(url: string, headers: Record<string, string> = {}): Promise<SseReader> {
    const abort = new AbortController()
    const response = await fetch(url, {
      headers: { Accept: 'text/event-stream', ...headers },
      signal: abort.signal,
    })
    return new SseReader(response, abort)
  }

  /** Resolves to the first event from index `from` on that fits, whether it has already come or not. */
  async next(fits: (event: EventSourceMessage) => boolean, from = 0): Promise<EventSourceMessage> {
    for (let index = from; ; index++) {
      while (index >= this.events.length) {
        if (this.#isEnded) throw new Error(`The stream ended after ${JSON.stringify(this.events)}`)
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
      }
      const event = this.events[index]
      if (event && fits(event)) return event
    }
  }

  /** The messages so far: without named events, and without presence lines. */
  get messages(): EventSourceMessage[] {
    return this.events.filter(
      ({ event, data }) => event === undefined && !data.startsWith('<p class="notice presence-line"'),
    )
  }

  close(): Promise<void> {
    this.#abort.abort()
    return this.ended
  }

  async #read(): Promise<void> {
    const parser = createParser({
      onEvent: (event) => {
        this.events.push(event)
        this.#wake()
      },
    })
    const decoder = new TextDecoder()
    try {
      for await (const chunk of this.response.body ?? []) parser.feed(decoder.decode(chunk, { stream: true }))
    } catch {
      // The server or close() cut the connection.
    }
    this.#isEnded = true
    this.#wake()
  }
}
