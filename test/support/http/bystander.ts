import assert from 'node:assert/strict'
import { Visitor } from './visitor.ts'

/** Rooms that nobody else uses. */
let rooms = 0

/** Somebody who only talks while others misbehave, and the times that this takes. */
export class Bystander {
  readonly #visitor: Visitor
  readonly #room = `bystander-${rooms++}`

  /** @param url the server's, without a slash at the end */
  constructor(url: string) {
    this.#visitor = new Visitor(url)
  }

  /**
   * Posts some messages, one after the other.
   * @returns the median time in milliseconds
   */
  async post(count: number): Promise<number> {
    const times: number[] = []
    for (let n = 0; n < count; n++) {
      const began = performance.now()
      const { status } = await this.#visitor.post(
        `/r/${this.#room}/messages`,
        { text: `message ${n}` },
        { Accept: 'application/json' },
      )
      times.push(performance.now() - began)
      assert.equal(status, 201)
    }
    return times.sort((a, b) => a - b)[times.length >> 1] ?? Number.NaN
  }
}
