import { Agent, request } from 'node:http'
import { textOf } from './marker.ts'
import { type Page, ROOM_PATH } from './page.ts'

/** Connections that posts share; more than that wait, and their time counts. */
const CONNECTIONS_MAX = 32

/** Posts messages as the form of the room's page does, on connections that are kept. */
export class Publisher {
  readonly #port: number
  readonly #page: Page
  readonly #agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS_MAX })
  /** Posts that were not taken. */
  refused = 0

  constructor(port: number, page: Page) {
    this.#port = port
    this.#page = page
  }

  /** Resolves with whether the post was taken. */
  post(number: number): Promise<boolean> {
    const form = new URLSearchParams({ text: textOf(number), key: `bench-${number}` }).toString()
    return new Promise((resolve) => {
      const settle = (taken: boolean) => {
        if (!taken) this.refused++
        resolve(taken)
      }
      const post = request({
        agent: this.#agent,
        host: '127.0.0.1',
        port: this.#port,
        method: 'POST',
        path: `${ROOM_PATH}/messages`,
        headers: {
          'Content-Type': 'application/x-www-form-urlencoded',
          'Content-Length': form.length,
          Accept: 'text/html',
          Cookie: this.#page.cookie,
          Origin: `http://127.0.0.1:${this.#port}`,
        },
      })
      post.once('response', (response) => {
        const { statusCode = 0 } = response.resume()
        settle(statusCode >= 200 && statusCode < 400)
      })
      post.once('error', () => settle(false))
      post.end(form)
    })
  }

  close(): void {
    this.#agent.destroy()
  }
}
