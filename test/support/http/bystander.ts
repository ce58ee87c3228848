import assert from 'node:assert/strict'
import { Agent, request } from 'node:http'
import { text } from 'node:stream/consumers'
import type { TestContext } from 'node:test'

/** Rooms that nobody else uses. */
let rooms = 0

/** Somebody at another address who only talks while others misbehave, and the times that this takes. */
export class Bystander {
  readonly #address: string
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1, localAddress: '127.0.0.99' })

  readonly #t: TestContext

  /**
   * @param t closes the connection at its end, and reports the times as its diagnostics
   * @param url the server's, without a slash at the end
   */
  constructor(t: TestContext, url: string) {
    this.#t = t
    t.after(() => this.#agent.destroy())
    this.#address = `${url}/r/bystander-${rooms++}/messages`
  }

  /**
   * Posts some messages, one after the other.
   * @returns the median time in milliseconds
   */
  async post(count: number): Promise<number> {
    const times: number[] = []
    for (let n = 0; n < count; n++) {
      const began = performance.now()
      assert.equal(await this.#post(`message ${n}`), 201)
      times.push(performance.now() - began)
    }
    const median = times.sort((a, b) => a - b)[times.length >> 1] ?? Number.NaN
    this.#t.diagnostic(`a bystander’s post took a median of ${median.toFixed(1)} ms`)
    return median
  }

  #post(message: string): Promise<number> {
    return new Promise((resolve, reject) => {
      const headers = { 'Content-Type': 'text/plain', Accept: 'application/json' }
      request(this.#address, { agent: this.#agent, method: 'POST', headers }, (response) => {
        text(response).then(() => resolve(response.statusCode ?? 0), reject)
      })
        .once('error', reject)
        .end(message)
    })
  }
}
