import { HttpConnection } from './http-connection.ts'
import { numberedText } from './marker.ts'
import type { Page } from './page.ts'
import { formatPostRequest } from './post-connection.ts'

/** Connections that posts share; more than that wait, and their time counts. */
const CONNECTIONS_MAX = 32

/** Posts numbered messages as the forms of the rooms' pages do, on connections that are kept. */
export class Publisher {
  readonly #pages: readonly Page[]
  readonly #textBytes: number | undefined
  readonly #connections: HttpConnection[] = []
  readonly #idle: HttpConnection[] = []
  readonly #waiting: ((line: HttpConnection) => void)[] = []
  /** Posts that were not taken. */
  refused = 0

  /** @param pages one of each room; the message with a number goes to the room that it leads to, in turn */
  constructor(pages: readonly Page[], textBytes?: number) {
    this.#pages = pages
    this.#textBytes = textBytes
  }

  /** Opens all its connections, where they must not open later. */
  async open(): Promise<void> {
    const [page] = this.#pages
    if (!page) return
    const lines = Array.from({ length: CONNECTIONS_MAX }, () => new HttpConnection(page.port))
    const request = `GET ${page.path} HTTP/1.1\r\nHost: 127.0.0.1:${page.port}\r\nCookie: ${page.cookie}\r\n\r\n`
    await Promise.all(lines.map((line) => line.request(request)))
    this.#connections.push(...lines)
    this.#idle.push(...lines)
  }

  /** Resolves with whether the post was taken. */
  async post(number: number): Promise<boolean> {
    const page = this.#pages[number % this.#pages.length]
    if (!page) throw new Error('There is no room to post in')
    const line = await this.#acquire(page.port)
    const status = await line.request(formatPostRequest(page, number, numberedText(number, this.#textBytes)))
    this.#idle.push(line)
    this.#waiting.shift()?.(this.#idle.pop() ?? line)
    const taken = status >= 200 && status < 400
    if (!taken) this.refused++
    return taken
  }

  close(): void {
    for (const line of this.#connections) line.close()
  }

  #acquire(port: number): HttpConnection | Promise<HttpConnection> {
    const free = this.#idle.pop()
    if (free) return free
    if (this.#connections.length >= CONNECTIONS_MAX)
      return new Promise((resolve) => this.#waiting.push(resolve))
    const line = new HttpConnection(port)
    this.#connections.push(line)
    return line
  }
}
