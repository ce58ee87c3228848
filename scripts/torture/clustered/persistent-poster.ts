import { openSession } from '../session.ts'

/** A response must arrive within this time, whatever is wrong (P7). */
const RESPONSE_MAX_MS = 1_000

/** Allowance for a busy machine. */
const SLACK_MS = 1_500

/** A poster gives up after this number of violations. */
const VIOLATIONS_MAX = 5

/** A member who posts one message after the other, and repeats each until it is accepted. */
export class PersistentPoster {
  readonly name: string
  readonly violations: string[] = []
  /** Ids of the messages answered with 201, by text. */
  readonly acknowledged = new Map<string, string>()
  /** Time of the last acknowledgement, as of `performance.now()`. */
  acknowledgedAt = 0
  refused = 0
  slowestMs = 0
  readonly #messages: string
  readonly #stop = new AbortController()
  readonly #ended: Promise<void>
  #cookie = ''

  readonly #mayDie: boolean

  /**
   * @param room the URL of the room's page
   * @param mayDie whether its process may be killed: then a broken connection counts as a refusal
   */
  constructor(
    name: string,
    room: string,
    { everyMs, mayDie = false }: { readonly everyMs: number; readonly mayDie?: boolean | undefined },
  ) {
    this.name = name
    this.#mayDie = mayDie
    this.#messages = `${room}/messages`
    this.#ended = this.#postUntilStopped(room, everyMs)
  }

  /** Resolves when the last message was accepted. */
  async close(): Promise<void> {
    this.#stop.abort()
    await this.#ended
  }

  async #postUntilStopped(room: string, everyMs: number): Promise<void> {
    while (this.#cookie === '' && !this.#stop.signal.aborted) this.#cookie = await openSession(room)
    for (let number = 0; !this.#stop.signal.aborted; number++) {
      const message = { text: `${this.name} posts ${number}`, key: `${this.name}-${number}` }
      while (!(await this.#post(message)) && this.violations.length < VIOLATIONS_MAX)
        await new Promise((resolve) => setTimeout(resolve, everyMs))
      await new Promise((resolve) => setTimeout(resolve, everyMs))
    }
  }

  async #post(message: { readonly text: string; readonly key: string }): Promise<boolean> {
    const sentAt = performance.now()
    const answer = await this.#send(message).catch((error: unknown) => {
      if (!this.#mayDie) throw error
    })
    if (!answer) {
      this.refused++
      return false
    }
    const { response, body } = answer
    const tookMs = performance.now() - sentAt
    this.slowestMs = Math.max(this.slowestMs, tookMs)
    if (tookMs > RESPONSE_MAX_MS + SLACK_MS)
      this.violations.push(`${this.name} waited ${Math.round(tookMs)} ms for a response`)
    if (response.status === 201 && body.id !== undefined) {
      this.acknowledged.set(message.text, body.id)
      this.acknowledgedAt = performance.now()
      return true
    }
    if (response.status !== 503 || response.headers.get('Retry-After') === null)
      this.violations.push(`${message.key} was answered with ${response.status}: ${JSON.stringify(body)}`)
    this.refused++
    return false
  }

  async #send(message: { readonly text: string; readonly key: string }) {
    const response = await fetch(this.#messages, {
      method: 'POST',
      headers: { Accept: 'application/json', Cookie: this.#cookie, Origin: new URL(this.#messages).origin },
      body: new URLSearchParams(message),
    })
    return { response, body: (await response.json()) as { id?: string } }
  }
}
