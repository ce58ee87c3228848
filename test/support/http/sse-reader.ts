import { createParser, type EventSourceMessage } from 'eventsource-parser'

/** A reader of a Server-Sent Events stream that waits for what it expects. */
export class SseReader {
  readonly response: Response
  readonly events: EventSourceMessage[] = []
  /** Resolves when the server has ended the stream, or it was cut. */
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

  /** The first event, past or to come, that fits. */
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

  /** The messages so far: neither named events, nor lines about who came and went. */
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
      // Cut: by the server, or by close().
    }
    this.#isEnded = true
    this.#wake()
  }
}
