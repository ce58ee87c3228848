import type { Account } from './account.ts'
import { sessionAt } from './session.ts'

/** How long an answer may take before its connection counts as dead. */
const PATIENCE_MS = 5000

/** Somebody who posts one message after the other, and sends again what was not answered. */
export class Poster {
  readonly #name: string
  readonly #room: string
  readonly #account: Account
  #cookie = ''
  #next = 0
  #open: { text: string; key: string } | undefined

  constructor(name: string, room: string, account: Account) {
    this.#name = name
    this.#room = room
    this.#account = account
  }

  /**
   * Posts until the server is gone.
   * @param startMs when the first is due: where all post at once, most kills come between two rounds and hit nothing
   */
  async post(url: string, startMs: number, everyMs: number): Promise<void> {
    try {
      if (this.#cookie === '') this.#cookie = await sessionAt(`${url}/r/${this.#room}`)
      for (let due = performance.now() + startMs; ; due += everyMs) {
        const wait = due - performance.now()
        if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait))
        await this.#postOne(url)
      }
    } catch (error) {
      // Cut off by the kill; any other answer is a fault.
      if (error instanceof Fault) this.#account.faults.push(error.message)
    }
  }

  async #postOne(url: string): Promise<void> {
    this.#open ??= this.#fresh()
    const message = this.#open
    const answer = await fetch(`${url}/r/${this.#room}/messages`, {
      method: 'POST',
      headers: { Accept: 'application/json', Cookie: this.#cookie, Origin: url },
      body: new URLSearchParams(message),
      signal: AbortSignal.timeout(PATIENCE_MS),
    })
    const text = await answer.text()
    if (answer.status !== 201) throw new Fault(`A post was answered ${answer.status}: ${text.slice(0, 200)}`)
    const { id } = JSON.parse(text) as { id: string }
    this.#account.acknowledged(this.#name, message.text, id)
    this.#open = undefined
  }

  #fresh() {
    const number = this.#next++
    return { text: `${this.#name} says ${number}`, key: `${this.#name}-${number}` }
  }
}

class Fault extends Error {}
