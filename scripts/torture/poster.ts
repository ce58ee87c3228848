import type { AcknowledgementLog } from './acknowledgement-log.ts'
import { openSession } from './session.ts'

/** A connection counts as dead when the response takes longer. */
const RESPONSE_TIMEOUT_MS = 5000

/** A member who posts one message after the other, and repeats a post that had no response, with the same key. */
export class Poster {
  readonly #name: string
  readonly #room: string
  readonly #acknowledgements: AcknowledgementLog
  #cookie = ''
  #next = 0
  #unanswered: { text: string; key: string } | undefined

  constructor(name: string, room: string, acknowledgements: AcknowledgementLog) {
    this.#name = name
    this.#room = room
    this.#acknowledgements = acknowledgements
  }

  /**
   * Posts until the server is killed.
   * @param startMs when the first post is due. It differs between posters: if all posted at once, most kills would fall
   *   between two rounds and interrupt nothing
   */
  async post(url: string, startMs: number, everyMs: number): Promise<void> {
    try {
      if (this.#cookie === '') this.#cookie = await openSession(`${url}/r/${this.#room}`)
      for (let due = performance.now() + startMs; ; due += everyMs) {
        const wait = due - performance.now()
        if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait))
        await this.#postOne(url)
      }
    } catch (error) {
      // A network error is the kill; any other response is a violation.
      if (error instanceof UnexpectedResponse) this.#acknowledgements.violations.push(error.message)
    }
  }

  async #postOne(url: string): Promise<void> {
    this.#unanswered ??= this.#nextMessage()
    const message = this.#unanswered
    const response = await fetch(`${url}/r/${this.#room}/messages`, {
      method: 'POST',
      headers: { Accept: 'application/json', Cookie: this.#cookie, Origin: url },
      body: new URLSearchParams(message),
      signal: AbortSignal.timeout(RESPONSE_TIMEOUT_MS),
    })
    const text = await response.text()
    if (response.status !== 201)
      throw new UnexpectedResponse(`A post was answered with ${response.status}: ${text.slice(0, 200)}`)
    const { id } = JSON.parse(text) as { id: string }
    this.#acknowledgements.recordAcknowledgement(this.#name, message.text, id)
    this.#unanswered = undefined
  }

  #nextMessage() {
    const number = this.#next++
    return { text: `${this.#name} posts ${number}`, key: `${this.#name}-${number}` }
  }
}

class UnexpectedResponse extends Error {}
