import { Visitor } from '../../../test/support/http/visitor.ts'
import { readEvents } from './read-events.ts'

/** Pause between two visitors. */
const PAUSE_MS = 500

/** Each tenth visitor makes a kept room, and deletes it. */
const OWNER_EVERY = 10

/** People who come for a moment, each with a browser and a room of their own. Nothing of them may stay in memory. */
export class PassingVisitors {
  readonly violations: string[] = []
  count = 0
  readonly #url: string
  readonly #stop = new AbortController()
  readonly #ended: Promise<void>

  /** @param url of the server, without a slash at the end */
  constructor(url: string) {
    this.#url = url
    this.#ended = this.#comeUntilStopped()
  }

  async close(): Promise<void> {
    this.#stop.abort()
    await this.#ended
  }

  async #comeUntilStopped(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      this.count++
      await this.#visit(`visited-${this.count}`, this.count % OWNER_EVERY === 0)
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
    }
  }

  async #visit(room: string, isOwner: boolean): Promise<void> {
    const visitor = new Visitor(this.#url)
    const expect = async (responding: Promise<Response>, status: number) => {
      const response = await responding
      await response.arrayBuffer()
      if (response.status !== status)
        this.violations.push(`A visitor of ${room} got ${response.status} from ${response.url}`)
    }
    await expect(visitor.get('/'), 200)
    await (isOwner
      ? expect(visitor.post('/rooms', { room, kind: 'kept' }), 201)
      : expect(visitor.post('/rooms', { room, kind: 'vanishing' }), 303))
    await expect(visitor.get(`/r/${room}`), 200)
    const leaving = new AbortController()
    const reading = this.#readOneMessage(room, leaving)
    await expect(visitor.post(`/r/${room}/name`, { name: `Visitor ${this.count}` }), 303)
    await expect(visitor.post(`/r/${room}/messages`, { text: 'hello' }), 303)
    await reading
    await expect(visitor.post(`/r/${room}/leave`, {}), 303)
    if (isOwner) await expect(visitor.post(`/r/${room}/delete`, { confirm: room }), 303)
  }

  async #readOneMessage(room: string, leaving: AbortController): Promise<void> {
    const patience = AbortSignal.timeout(5000)
    const signal = AbortSignal.any([leaving.signal, this.#stop.signal, patience])
    for await (const { kind } of readEvents(`${this.#url}/r/${room}/live.ndjson`, signal))
      if (kind === 'posted') return leaving.abort()
    if (patience.aborted) this.violations.push(`A visitor of ${room} received nothing`)
  }
}
