import { type Told, Transcript, type Truth } from './transcript.ts'

/** How soon a reader whose stream ended comes back. */
const RETRY_MS = 100

/** A reader for a minute or an hour: it comes back with the last id that it holds, whatever ends its stream. */
export class Reader {
  readonly transcript: Transcript
  readonly #stop = new AbortController()
  readonly #over: Promise<void>
  /** How often it was told that the server is cut off from the others. */
  outages = 0
  streams = 0
  #look: () => void = () => {}

  /** @param live where the room is read, `…/live.ndjson` */
  constructor(name: string, live: string, truth: Truth) {
    this.transcript = new Transcript(name, truth)
    this.#over = this.#read(live)
  }

  /** Resolves as soon as what it was told so far fits. */
  async until(claim: () => boolean): Promise<void> {
    while (!claim())
      await new Promise<void>((resolve) => {
        this.#look = resolve
      })
  }

  async close(): Promise<void> {
    this.#stop.abort()
    await this.#over
  }

  async #read(live: string): Promise<void> {
    const { signal } = this.#stop
    while (!signal.aborted) {
      const { cursor } = this.transcript
      await this.#readOnce(cursor === '' ? live : `${live}?after=${cursor}`, signal).catch(() => {})
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
    }
  }

  async #readOnce(address: string, signal: AbortSignal): Promise<void> {
    const answer = await fetch(address, { signal })
    this.streams++
    const decoder = new TextDecoder()
    let rest = ''
    for await (const chunk of answer.body ?? []) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
      // What was cut within a line was not had, and comes again.
      rest = lines.pop() ?? ''
      for (const line of lines) this.#take(JSON.parse(line))
    }
  }

  #take(told: Told & { readonly over?: boolean }): void {
    if (told.kind === 'outage' && told.over === false) this.outages++
    this.transcript.take(told)
    this.#look()
  }
}
