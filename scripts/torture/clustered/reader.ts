import { type AgreedHistory, type ReceivedEvent, Transcript } from './transcript.ts'

/** Time from the end of a stream until the reader reconnects. */
const RETRY_MS = 100

/** A reader who reconnects with its cursor, whatever ends its stream, until it is closed. */
export class Reader {
  readonly transcript: Transcript
  readonly #stop = new AbortController()
  readonly #ended: Promise<void>
  /** How often the server announced that it has lost Redis. */
  outages = 0
  streams = 0
  #notify: () => void = () => {}

  /** @param live the URL of the room's `live.ndjson` */
  constructor(name: string, live: string, history: AgreedHistory) {
    this.transcript = new Transcript(name, history)
    this.#ended = this.#read(live)
  }

  /** Resolves as soon as the condition holds; it is checked after each event. */
  async waitFor(condition: () => boolean): Promise<void> {
    while (!condition())
      await new Promise<void>((resolve) => {
        this.#notify = resolve
      })
  }

  async close(): Promise<void> {
    this.#stop.abort()
    await this.#ended
  }

  async #read(live: string): Promise<void> {
    const { signal } = this.#stop
    while (!signal.aborted) {
      const { cursor } = this.transcript
      await this.#readStream(cursor === '' ? live : `${live}?after=${cursor}`, signal).catch(() => {})
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
    }
  }

  async #readStream(address: string, signal: AbortSignal): Promise<void> {
    const response = await fetch(address, { signal })
    this.streams++
    const decoder = new TextDecoder()
    let rest = ''
    for await (const chunk of response.body ?? []) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
      // A line that was cut off was not received; it is replayed.
      rest = lines.pop() ?? ''
      for (const line of lines) this.#record(JSON.parse(line))
    }
  }

  #record(event: ReceivedEvent & { readonly over?: boolean }): void {
    if (event.kind === 'outage' && event.over === false) this.outages++
    this.transcript.record(event)
    this.#notify()
  }
}
