import { Visitor } from '../../../test/support/http/visitor.ts'
import { readEvents } from './read-events.ts'

/** Pause between two measured messages. */
const PAUSE_MS = 200

/** A message that takes longer counts with this time. */
const DELAY_MAX_MS = 10_000

/** Measures the time from a post until a reader of the same room has received it. */
export class DelayProbe {
  readonly violations: string[] = []
  readonly #stop = new AbortController()
  readonly #ended: Promise<void>
  #delays: number[] = []
  #number = 0
  #receive: () => void = () => {}

  /** @param url of the server, without a slash at the end */
  constructor(url: string, room: string) {
    this.#ended = Promise.all([this.#read(`${url}/r/${room}/live.ndjson`), this.#post(url, room)]).then(
      () => {},
    )
  }

  /** The delays since the last call, in milliseconds, ascending. */
  take(): number[] {
    return this.#delays.splice(0).sort((a, b) => a - b)
  }

  async close(): Promise<void> {
    this.#stop.abort()
    await this.#ended
  }

  async #read(live: string): Promise<void> {
    const { signal } = this.#stop
    while (!signal.aborted) {
      for await (const { kind, text } of readEvents(live, signal))
        if (kind === 'open' || text === String(this.#number)) this.#receive()
    }
  }

  async #post(url: string, room: string): Promise<void> {
    const { signal } = this.#stop
    const member = new Visitor(url)
    await this.#nextEvent()
    while (!signal.aborted) {
      const text = String(++this.#number)
      const sentAt = performance.now()
      const received = this.#nextEvent()
      const { status } = await member.post(`/r/${room}/messages`, { text }, { Accept: 'application/json' })
      if (status !== 201) this.violations.push(`A post was answered with ${status}`)
      await received
      this.#delays.push(performance.now() - sentAt)
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
    }
  }

  #nextEvent(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, DELAY_MAX_MS)
      this.#receive = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}
