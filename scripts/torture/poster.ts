import type { AcknowledgementLog } from './acknowledgement-log.ts'
import { openSession } from './session.ts'

/** How long an answer may take before its connection counts as dead. */
const RESPONSE_TIMEOUT_MS = 5000

/** Somebody who posts one message after the other, and sends again what was not answered. */
export class Poster {
  readonly #name: string
  readonly #room: string
  readonly #acknowledgements: AcknowledgementLog
  #cookie = ''
  #next = 0
  #unanswered: { text: string; key: string } | undefined

  constructor(name: string, room: string, account: AcknowledgementLog) {
    this.#name = name
    this.#room = room
    this.#acknowledgements = account
  }

  /**
   * Posts until the server is gone.
   * @param startMs when the first is due: where all post at once, most kills come between two rounds and hit nothing
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
      // Cut off by the kill; any other answer is a fault.
      if (error instanceof UnexpectedResponse) this.#acknowledgements.violations.push(error.message)
    }
  }

  async #postOne(url: string): Promise<void> {
    this.#unanswered ??= this.#nextMessage()
    const message = this.#unanswered
    const answer = await fetch(`${url}/r/${this.#room}/messages`, {
      method: 'POST',
      headers: { Accept: 'application/json', Cookie: this.#cookie, Origin: url },
      body: new URLSearchParams(message),
      signal: AbortSignal.timeout(RESPONSE_TIMEOUT_MS),
    })
    const text = await answer.text()
    if (answer.status !== 201)
      throw new UnexpectedResponse(`A post was answered ${answer.status}: ${text.slice(0, 200)}`)
    const { id } = JSON.parse(text) as { id: string }
    this.#acknowledgements.recordAcknowledgement(this.#name, message.text, id)
    this.#unanswered = undefined
  }

  #nextMessage() {
    const number = this.#next++
    return { text: `${this.#name} says ${number}`, key: `${this.#name}-${number}` }
  }
}

class UnexpectedResponse extends Error {}
