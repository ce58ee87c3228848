import { type AgreedHistory, type ReceivedEvent, Transcript } from './transcript.ts'

/** How soon a reader whose stream ended comes back. */
const RETRY_MS = 100

/** A reader for a minute or an hour: it comes back with the last id that it holds, whatever ends its stream. */
export class Reader {
  readonly transcript: Transcript
  readonly #stop = new AbortController()
  readonly #ended: Promise<void>
  /** How often it was told that the server is cut off from the others. */
  outages = 0
  streams = 0
  #notify: () => void = () => {}

  /** @param live where the room is read, `…/live.ndjson` */
  constructor(name: string, live: string, truth: AgreedHistory) {
    this.transcript = new Transcript(name, truth)
    this.#ended = this.#read(live)
  }

  /** Resolves as soon as what it was told so far fits. */
  async waitFor(claim: () => boolean): Promise<void> {
    while (!claim())
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
    const answer = await fetch(address, { signal })
    this.streams++
    const decoder = new TextDecoder()
    let rest = ''
    for await (const chunk of answer.body ?? []) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
      // What was cut within a line was not had, and comes again.
      rest = lines.pop() ?? ''
      for (const line of lines) this.#record(JSON.parse(line))
    }
  }

  #record(told: ReceivedEvent & { readonly over?: boolean }): void {
    if (told.kind === 'outage' && told.over === false) this.outages++
    this.transcript.record(told)
    this.#notify()
  }
}
