import { openSession } from '../session.ts'

/** An answer must be there by then, whatever is wrong; and a bit more, for a busy machine. */
const RESPONSE_MAX_MS = 1_000
const SLACK_MS = 1_500

/** Whoever has met so many faults gives up. */
const VIOLATIONS_MAX = 5

/** Somebody who posts one message after the other, each until it is taken. */
export class PersistentPoster {
  readonly name: string
  readonly violations: string[] = []
  /** What was answered with 201, by text. */
  readonly acknowledged = new Map<string, string>()
  /** When the last of it was. */
  acknowledgedAt = 0
  refused = 0
  slowestMs = 0
  readonly #messages: string
  readonly #stop = new AbortController()
  readonly #ended: Promise<void>
  #cookie = ''

  /** @param room its address */
  constructor(name: string, room: string, everyMs: number) {
    this.name = name
    this.#messages = `${room}/messages`
    this.#ended = this.#postUntilStopped(room, everyMs)
  }

  /** Resolves when its last message was taken. */
  async close(): Promise<void> {
    this.#stop.abort()
    await this.#ended
  }

  async #postUntilStopped(room: string, everyMs: number): Promise<void> {
    while (this.#cookie === '' && !this.#stop.signal.aborted) this.#cookie = await openSession(room)
    for (let number = 0; !this.#stop.signal.aborted; number++) {
      const message = { text: `${this.name} says ${number}`, key: `${this.name}-${number}` }
      while (!(await this.#post(message)) && this.violations.length < VIOLATIONS_MAX)
        await new Promise((resolve) => setTimeout(resolve, everyMs))
      await new Promise((resolve) => setTimeout(resolve, everyMs))
    }
  }

  async #post(message: { readonly text: string; readonly key: string }): Promise<boolean> {
    const asked = performance.now()
    const answer = await fetch(this.#messages, {
      method: 'POST',
      headers: { Accept: 'application/json', Cookie: this.#cookie, Origin: new URL(this.#messages).origin },
      body: new URLSearchParams(message),
    })
    const said = (await answer.json()) as { id?: string }
    const took = performance.now() - asked
    this.slowestMs = Math.max(this.slowestMs, took)
    if (took > RESPONSE_MAX_MS + SLACK_MS)
      this.violations.push(`${this.name} waited ${Math.round(took)} ms for an answer`)
    if (answer.status === 201 && said.id !== undefined) {
      this.acknowledged.set(message.text, said.id)
      this.acknowledgedAt = performance.now()
      return true
    }
    if (answer.status !== 503 || answer.headers.get('Retry-After') === null)
      this.violations.push(`${message.key} was answered ${answer.status}: ${JSON.stringify(said)}`)
    this.refused++
    return false
  }
}
